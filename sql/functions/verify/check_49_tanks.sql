-- 49: how the tanks of a batch differ, by its daily states: coefficient of variation between the tanks of a batch and
-- stage in fresh water, from the second stage on, 30 and 60 days after the fish came; mean by batch, median over the
-- batches.
-- 49.below_2g, 49.to_100g, 49.above_200g: of the mean weights, where the batch weighs below 2 g, 5 to 100 g, above
--   200 g.
-- 49.number: of the numbers of fish. Only batches in at least five tanks.
create or replace function aquaseed.check_49_tanks()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with moment as (
    select a.batch_id, avg(s.avg_weight_g)::double precision as weight_g,
           (stddev_samp(s.avg_weight_g) / nullif(avg(s.avg_weight_g), 0))::double precision as of_weight,
           (stddev_samp(s.population) / nullif(avg(s.population), 0))::double precision as of_number
    from public.batch_batchcontainerassignment a
    join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id and l."order" > 1
    join public.infrastructure_container c on c.id = a.container_id and c.hall_id is not null
    join (
      select x.batch_id, x.lifecycle_stage_id, max(x.assignment_date) as from_date
      from public.batch_batchcontainerassignment x group by 1, 2
    ) g on g.batch_id = a.batch_id and g.lifecycle_stage_id = a.lifecycle_stage_id
    cross join (values (30), (60)) d(days)
    join public.batch_actualdailyassignmentstate s on s.assignment_id = a.id and s.date = g.from_date + d.days
    where s.population > 0
    group by a.batch_id, a.lifecycle_stage_id, d.days
    having count(*) >= 5
  ),
  batch as (
    select m.batch_id, avg(m.of_weight) filter (where m.weight_g < 2) as below_2g,
           avg(m.of_weight) filter (where m.weight_g between 5 and 100) as to_100g,
           avg(m.of_weight) filter (where m.weight_g > 200) as above_200g, avg(m.of_number) as number
    from moment m
    group by m.batch_id
  )
  select '49.' || v.metric, percentile_cont(0.5) within group (order by v.cv),
         case when count(v.cv) = 0 then 'no batch in five tanks of this weight'
              else count(v.cv) || ' batches, ' || round(min(v.cv)::numeric, 3) || ' to '
                || round(max(v.cv)::numeric, 3) end,
         aquaseed._standard_error(stddev_samp(v.cv), count(v.cv), true), count(v.cv)::integer
  from (values (1)) one(no)
  left join batch b on true
  cross join lateral (
    values ('below_2g', b.below_2g), ('to_100g', b.to_100g), ('above_200g', b.above_200g), ('number', b.number)
  ) v(metric, cv)
  group by v.metric
$$;

comment on function aquaseed.check_49_tanks() is
  'How the tanks of a batch differ in mean weight (three classes) and number of fish, median of batches.';
