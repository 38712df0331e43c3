-- 37: adult female lice per fish in August to November / February to May, means of the samples (_lice_samples) of rings
-- after 60 days at sea. The relative errors of the two seasons, by batch, are added as squares.
create or replace function aquaseed.check_37_lice_season()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select s.batch_id, extract(month from s.on_date) between 8 and 11 as is_autumn, sum(s.adult_females) as lice,
           count(*)::double precision as samples
    from aquaseed._lice_samples() s
    where s.day > 60
      and (extract(month from s.on_date) between 8 and 11 or extract(month from s.on_date) between 2 and 5)
    group by 1, 2
  ),
  season as (
    select b.is_autumn, sum(b.lice) / sum(b.samples) as mean, sum(b.samples) as samples, count(*)::integer as batches,
           aquaseed._ratio_error(array_agg(b.lice), array_agg(b.samples)) as standard_error
    from batch b group by b.is_autumn
  )
  select '37', a.mean / nullif(s.mean, 0),
         case when a.samples is null or s.samples is null then 'no samples in one of the seasons'
              else a.samples || ' samples of autumn, ' || s.samples || ' of spring' end,
         a.mean / nullif(s.mean, 0)
           * sqrt((a.standard_error / nullif(a.mean, 0)) ^ 2 + (s.standard_error / nullif(s.mean, 0)) ^ 2),
         least(a.batches, s.batches)
  from (values (1)) one(row)
  left join season a on a.is_autumn
  left join season s on not s.is_autumn
$$;

comment on function aquaseed.check_37_lice_season() is 'Adult female lice in August to November / February to May.';
