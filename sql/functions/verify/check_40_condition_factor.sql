-- 40: condition factor K = 100 W / L^3 (g, cm) of the fish of the growth samples of the sample (_sample_stays): median
-- per stage, Fry, Parr, Smolt and Adult; correlation of ln W and ln L within a sample of one day, median over all.
create or replace function aquaseed.check_40_condition_factor()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with stay as (
    select s.assignment_id, s.batch_id, s.life_stage_no from aquaseed._sample_stays('freshwater') s
    union all
    select s.assignment_id, s.batch_id, s.life_stage_no from aquaseed._sample_stays('sea') s
  ),
  fish as materialized (
    select s.batch_id, s.life_stage_no, o.growth_sample_id, o.weight_g::double precision as weight,
           o.length_cm::double precision as length
    from stay s
    join public.batch_growthsample g on g.assignment_id = s.assignment_id
    join public.batch_individualgrowthobservation o on o.growth_sample_id = g.id
    where o.weight_g > 0 and o.length_cm > 0
  ),
  sample as (
    select f.batch_id, corr(ln(f.weight), ln(f.length)) as r from fish f group by f.batch_id, f.growth_sample_id
  )
  select '40.' || v.metric, k.median,
         case when k.fish = 0 then 'no fish sampled' else k.fish || ' fish' end, e.standard_error,
         e.batches::integer
  from (values (2, 'fry'), (3, 'parr'), (4, 'smolt'), (6, 'adult')) v(life_stage_no, metric)
  cross join lateral (
    select count(*) as fish, percentile_cont(0.5) within group (order by 100 * f.weight / f.length ^ 3) as median
    from fish f where f.life_stage_no = v.life_stage_no
  ) k
  cross join lateral (
    select aquaseed._standard_error(stddev_samp(b.median), count(*), true) as standard_error, count(*) as batches
    from (
      select percentile_cont(0.5) within group (order by 100 * f.weight / f.length ^ 3) as median
      from fish f where f.life_stage_no = v.life_stage_no group by f.batch_id
    ) b
  ) e
  union all
  select '40.correlation', percentile_cont(0.5) within group (order by s.r),
         case when count(s.r) = 0 then 'no fish sampled' else count(s.r) || ' samples' end,
         (
           select aquaseed._standard_error(stddev_samp(b.r), count(*), true)
           from (select percentile_cont(0.5) within group (order by x.r) as r
                 from sample x where x.r is not null group by x.batch_id) b
         ),
         count(distinct s.batch_id)::integer
  from sample s
$$;

comment on function aquaseed.check_40_condition_factor() is
  'Condition factor per stage and correlation of ln weight with ln length.';
