-- 42: health scores (0 best to 3) of the sampled fish.
-- 42.zero: share of 0 in all scores. 42.gill: mean Gill Health in September to November less March to May.
-- 42.wounds: mean Wounds and Skin Condition at sea up to 21 days after a delousing of the ring less the other times.
-- 42.fish: correlation of two parameters over the fish of one sampling, mean over all pairs of parameters: from the
--   variance of a fish's total (k parameters: sum of the variances + k (k - 1) mean covariance).
create or replace function aquaseed.check_42_health_scores()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with delousing as materialized (
    select d.assignment_id, d.on_date from aquaseed._delousings() d
  ),
  event as materialized (
    select e.id, extract(month from e.sampling_date)::integer as month, c.area_id is not null as at_sea,
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
    select e.month, e.at_sea, e.is_after, p.name, sum(s.score) as total, count(*) as scores, count(*) filter (where s.score = 0) as zero
    from score s
    join event e on e.id = s.sampling_event_id
    join public.health_healthparameter p on p.id = s.parameter_id
    group by e.month, e.at_sea, e.is_after, p.name
  ),
  level as (
    select sum(m.scores) as scores, sum(m.zero) / sum(m.scores) as zero,
           sum(m.total) filter (where m.name = 'Gill Health' and m.month between 9 and 11)
             / sum(m.scores) filter (where m.name = 'Gill Health' and m.month between 9 and 11)
             - sum(m.total) filter (where m.name = 'Gill Health' and m.month between 3 and 5)
             / sum(m.scores) filter (where m.name = 'Gill Health' and m.month between 3 and 5) as gill,
           sum(m.total) filter (where m.name = 'Wounds and Skin Condition' and m.at_sea and m.is_after)
             / sum(m.scores) filter (where m.name = 'Wounds and Skin Condition' and m.at_sea and m.is_after)
             - sum(m.total) filter (where m.name = 'Wounds and Skin Condition' and m.at_sea and not m.is_after)
             / sum(m.scores) filter (where m.name = 'Wounds and Skin Condition' and m.at_sea and not m.is_after) as wounds
    from mean m
  ),
  fish as (
    select x.sampling_event_id, var_samp(x.total) as variance
    from (select s.sampling_event_id, sum(s.score) as total from score s group by s.sampling_event_id, s.fish_id) x
    group by x.sampling_event_id
  ),
  parameter as (
    select x.sampling_event_id, sum(x.variance) as variance, count(*) as k
    from (
      select s.sampling_event_id, var_samp(s.score) as variance from score s group by s.sampling_event_id, s.parameter_id
    ) x
    group by x.sampling_event_id
  ),
  pair as (
    select sum((f.variance - p.variance) / (p.k * (p.k - 1))) / nullif(sum(p.variance / p.k), 0) as r
    from fish f join parameter p on p.sampling_event_id = f.sampling_event_id
    where p.k > 1
  )
  select v.id, v.measured::double precision,
         case when l.scores is null then 'no health scores' when v.measured is null then v.missing else l.scores || ' scores' end
  from level l
  cross join pair p
  cross join lateral (values
    ('42.zero', l.zero, 'no health scores'),
    ('42.gill', l.gill, 'no scores of autumn and spring'),
    ('42.wounds', l.wounds, 'no scores soon after a delousing and at other times'),
    ('42.fish', p.r, 'no sampling of several fish and parameters')
  ) v(id, measured, missing)
$$;

comment on function aquaseed.check_42_health_scores() is
  'Health scores: share of 0, gills by season, wounds after delousing, correlation within a fish.';
