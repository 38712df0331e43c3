-- 12: days at sea of the completed batches, from the first ring stocked to the last one emptied, both counted.
-- 12.min, 12.max: the shortest, and the longest as a share of the days for which the schedule keeps the rings: both
-- hold
--   for every batch of any number. 12.median: of the batches to which the schedule gives at least 400 days, which is
--   what fish need; where it gives fewer, it decides.
create or replace function aquaseed.check_12_adult_days()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with adult as (
    select max(a.departure_date) - min(a.assignment_date) + 1 as days, max(p.days) as planned
    from public.batch_batch b
    join public.batch_batchcontainerassignment a on a.batch_id = b.id
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    cross join lateral (
      select max(upper(s.period)) - min(lower(s.period)) as days
      from aquaseed.schedule_container s
      join aquaseed.container x on x.container_id = s.container_id and x.area_id is not null
      where s.batch_no = b.id
    ) p
    where b.status = 'COMPLETED'
    group by b.id
  )
  select v.id, v.days,
         case when v.batches > 0 then v.batches || ' completed batches' else v.missing end, v.standard_error,
         v.batches::integer
  from (
    select count(*) as batches, count(*) filter (where x.planned >= 400) as free_batches,
           min(x.days) as shortest, max(x.days::double precision / x.planned) as longest,
           percentile_cont(0.5) within group (order by x.days) filter (where x.planned >= 400) as median,
           stddev_samp(x.days) filter (where x.planned >= 400) as sd
    from adult x
  ) a
  cross join lateral (values
    ('12.min', a.shortest, a.batches, null, 'no completed batch'),
    ('12.median', a.median, a.free_batches, aquaseed._standard_error(a.sd::double precision, a.free_batches, true),
     'no completed batch with 400 days at sea to use'),
    ('12.max', a.longest, a.batches, null, 'no completed batch')
  ) v(id, days, batches, standard_error, missing)
$$;

comment on function aquaseed.check_12_adult_days() is 'Days at sea of completed batches: shortest, median, longest.';
