-- 32: deaths a day on days 0 to 3 after a thermal delousing of a ring / in the 14 days before, over all of them that
-- have those days at sea and no other delousing in the 14 days before.
create or replace function aquaseed.check_32_delousing_deaths()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with delousing as materialized (
    select d.* from aquaseed._delousings() d
  ),
  thermal as (
    select d.batch_id, d.assignment_id, d.on_date
    from delousing d
    join public.batch_batchcontainerassignment a on a.id = d.assignment_id
    where d.method = 'thermal' and d.on_date - 14 >= a.assignment_date
      and d.on_date + 4 <= coalesce(a.departure_date, (select max(r.as_of) from aquaseed.run r))
      and not exists (
        select from delousing x
        where x.assignment_id = d.assignment_id and x.on_date >= d.on_date - 14 and x.on_date < d.on_date)
  )
  select '32', (sum(b.after_fish) / nullif(sum(b.before_fish), 0))::double precision,
         case when count(*) = 0 then 'no thermal delousing'
              else sum(b.delousings) || ' thermal delousings of a ring' end,
         aquaseed._ratio_error(array_agg(b.after_fish::double precision), array_agg(b.before_fish::double precision)),
         count(*)::integer
  from (
  select t.batch_id, count(*) as delousings, sum(m.after_fish) / 4.0 as after_fish,
         sum(m.before_fish) / 14.0 as before_fish
  from thermal t
  cross join lateral (
    select sum(x.count) filter (where x.event_date >= t.on_date) as after_fish,
           sum(x.count) filter (where x.event_date < t.on_date) as before_fish
    from public.batch_mortalityevent x
    where x.assignment_id = t.assignment_id and x.event_date >= t.on_date - 14 and x.event_date < t.on_date + 4
  ) m
  group by t.batch_id
  ) b
$$;

comment on function aquaseed.check_32_delousing_deaths() is
  'Deaths a day on days 0 to 3 after thermal delousing / in the 14 days before.';
