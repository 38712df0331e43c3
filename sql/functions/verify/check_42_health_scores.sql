-- 42: health scores (0 best to 3) of the sampled fish.
-- 42.zero: share of 0 in all scores. 42.gill: mean Gill Health in September to November less March to May.
-- 42.wounds: mean Wounds and Skin Condition at sea up to 21 days after a delousing of the ring less the other times.
-- 42.fish: correlation of two parameters over the fish of one sampling, mean over all pairs of parameters: from the
--   variance of a fish's total (k parameters: sum of the variances + k (k - 1) mean covariance).
create or replace function aquaseed.check_42_health_scores()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with delousing as materialized (
    select d.assignment_id, d.on_date from aquaseed._delousings() d
  ),
  event as materialized (
    select e.id, a.batch_id, extract(month from e.sampling_date)::integer as month, c.area_id is not null as at_sea,
           exists (
             select from delousing d
             where d.assignment_id = e.assignment_id and d.on_date between e.sampling_date - 21 and e.sampling_date
           ) as is_after
    from public.health_healthsamplingevent e
    join public.batch_batchcontainerassignment a on a.id = e.assignment_id
    join public.infrastructure_container c on c.id = a.container_id
  ),
  score as materialized (
    select o.sampling_event_id, o.id as fish_id, s.parameter_id, s.score
    from public.health_individualfishobservation o
    join public.health_fishparameterscore s on s.individual_fish_observation_id = o.id
  ),
  mean as (
    select e.batch_id, e.month, e.at_sea, e.is_after, p.name, sum(s.score) as total, count(*) as scores,
           count(*) filter (where s.score = 0) as zero
    from score s
    join event e on e.id = s.sampling_event_id
    join public.health_healthparameter p on p.id = s.parameter_id
    group by e.batch_id, e.month, e.at_sea, e.is_after, p.name
  ),
  -- What a batch brings to each mean: the sum of its scores and their number.
  batch as (
    select m.batch_id, v.part, sum(v.total)::double precision as total, sum(m.scores)::double precision as scores
    from mean m
    cross join lateral (values
      ('zero', m.zero),
      (case when m.name = 'Gill Health' and m.month between 9 and 11 then 'autumn'
            when m.name = 'Gill Health' and m.month between 3 and 5 then 'spring'
            when m.name = 'Wounds and Skin Condition' and m.at_sea and m.is_after then 'after'
            when m.name = 'Wounds and Skin Condition' and m.at_sea then 'other' end, m.total)
    ) v(part, total)
    where v.part is not null
    group by m.batch_id, v.part
  ),
  part as (
    select b.part, sum(b.total) / sum(b.scores) as mean, sum(b.scores) as scores, count(*)::integer as batches,
           aquaseed._ratio_error(array_agg(b.total), array_agg(b.scores)) as standard_error
    from batch b group by b.part
  ),
  fish as (
    select x.sampling_event_id, var_samp(x.total) as variance
    from (select s.sampling_event_id, sum(s.score) as total from score s group by s.sampling_event_id, s.fish_id) x
    group by x.sampling_event_id
  ),
  parameter as (
    select x.sampling_event_id, sum(x.variance) as variance, count(*) as k
    from (
      select s.sampling_event_id, var_samp(s.score) as variance from score s
      group by s.sampling_event_id, s.parameter_id
    ) x
    group by x.sampling_event_id
  ),
  pair as (
    select sum(b.covariance) / nullif(sum(b.variance), 0) as r,
           aquaseed._ratio_error(array_agg(b.covariance), array_agg(b.variance)) as standard_error,
           count(*)::integer as batches
    from (
      select e.batch_id, sum((f.variance - p.variance) / (p.k * (p.k - 1)))::double precision as covariance,
             sum(p.variance / p.k)::double precision as variance
      from fish f
      join parameter p on p.sampling_event_id = f.sampling_event_id
      join event e on e.id = f.sampling_event_id
      where p.k > 1
      group by e.batch_id
    ) b
  ),
  level as (
    select 'zero' as metric, p.mean as measured, p.standard_error, p.batches from part p where p.part = 'zero'
    union all
    select v.metric, p.mean - q.mean, sqrt(p.standard_error ^ 2 + q.standard_error ^ 2), least(p.batches, q.batches)
    from (values ('gill', 'autumn', 'spring'), ('wounds', 'after', 'other')) v(metric, more, less)
    join part p on p.part = v.more
    join part q on q.part = v.less
    union all
    select 'fish', r.r, r.standard_error, r.batches from pair r
  )
  select '42.' || v.metric, l.measured,
         case when not exists (select from score) then 'no health scores' when l.measured is null then v.missing
              else (select sum(p.scores) from part p where p.part = 'zero') || ' scores' end,
         l.standard_error, l.batches
  from (values
    ('zero', 'no health scores'), ('gill', 'no scores of autumn and spring'),
    ('wounds', 'no scores soon after a delousing and at other times'),
    ('fish', 'no sampling of several fish and parameters')
  ) v(metric, missing)
  left join level l on l.metric = v.metric
$$;

comment on function aquaseed.check_42_health_scores() is
  'Health scores: share of 0, gills by season, wounds after delousing, correlation within a fish.';
