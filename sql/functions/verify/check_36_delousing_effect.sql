-- 36: adult female lice per fish in the samples of a ring 7 to 14 days after a delousing / 1 to 7 days before it, means
-- over all delousings of a ring that have both.
create or replace function aquaseed.check_36_delousing_effect()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with pair as (
    select d.treatment_id, d.batch_id,
           avg(s.adult_females) filter (where s.on_date < d.on_date) as before_lice,
           avg(s.adult_females) filter (where s.on_date > d.on_date) as after_lice
    from aquaseed._delousings() d
    join aquaseed._lice_samples() s
      on s.assignment_id = d.assignment_id
      and (s.on_date between d.on_date - 7 and d.on_date - 1 or s.on_date between d.on_date + 7 and d.on_date + 14)
    group by d.treatment_id, d.batch_id
  )
  select '36', sum(b.after_lice) / nullif(sum(b.before_lice), 0),
         case when count(*) = 0 then 'no delousing with lice counts before and after'
              else sum(b.delousings) || ' delousings of a ring' end,
         aquaseed._ratio_error(array_agg(b.after_lice), array_agg(b.before_lice)), count(*)::integer
  from (
    select count(*) as delousings, sum(p.after_lice) as after_lice, sum(p.before_lice) as before_lice
    from pair p
    where p.before_lice is not null and p.after_lice is not null
    group by p.batch_id
  ) b
$$;

comment on function aquaseed.check_36_delousing_effect() is
  'Adult female lice 7 to 14 days after / 7 days before a delousing.';
