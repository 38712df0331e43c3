-- 57: weekly deaths of rings (_ring_weeks), all weeks together. Rate: dead of the week / fish at its start.
-- 57.log_sd: standard deviation of its logarithm, weeks with deaths.
-- 57.p99: percentile 99 / median of the rates.
-- 57.lag_1, 57.lag_4: correlation of the logarithm, less its mean in the ring, with that of one and four weeks before.
-- 57.worst: share of all dead in the tenth of the weeks with the most.
-- Batches of an area share its weeks: the units are areas, the errors from leaving one out at a time.
create or replace function aquaseed.check_57_weekly_deaths()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with week as materialized (
    -- A ring has all its weeks, one after the other.
    select w.*, ln(nullif(w.rate, 0)) as log_rate, lag(w.deviation) over x as before_1,
           lag(w.deviation, 4) over x as before_4
    from aquaseed._ring_weeks() w
    window x as (partition by w.assignment_id order by w.week)
  ),
  area as (
    select distinct w.area_id from week w
  ),
  -- Of all areas (left out: none), then with one of them left out.
  ranked as materialized (
    select o.area_id as left_out, w.rate, w.log_rate, w.deviation, w.before_1, w.before_4, w.dead,
           row_number() over (partition by o.area_id order by w.dead desc, w.assignment_id, w.week) * 10
             <= count(*) over (partition by o.area_id) as is_worst
    from (select null::bigint as area_id union all select a.area_id from area a) o
    join week w on w.area_id is distinct from o.area_id
  ),
  statistic as (
    select r.left_out, stddev_samp(r.log_rate) as log_sd,
           percentile_cont(0.99) within group (order by r.rate)
             / nullif(percentile_cont(0.5) within group (order by r.rate), 0) as p99,
           corr(r.deviation, r.before_1) as lag_1, corr(r.deviation, r.before_4) as lag_4,
           (sum(r.dead) filter (where r.is_worst) / nullif(sum(r.dead), 0))::double precision as worst
    from ranked r
    group by r.left_out
    having count(*) >= 100
  )
  select '57.' || v.metric, max(v.value) filter (where s.left_out is null),
         case when count(v.value) filter (where s.left_out is null) = 0 then 'no 100 weeks of rings at sea'
              else (select count(*) || ' weeks of rings in ' || count(distinct w.area_id) || ' areas' from week w) end,
         aquaseed._jackknife_error(array_agg(v.value) filter (where s.left_out is not null)),
         (select count(*) from area)::integer
  from (values (1)) one(no)
  left join statistic s on true
  cross join lateral (
    values ('log_sd', s.log_sd), ('p99', s.p99), ('lag_1', s.lag_1), ('lag_4', s.lag_4), ('worst', s.worst)
  ) v(metric, value)
  group by v.metric
$$;

comment on function aquaseed.check_57_weekly_deaths() is
  'Weekly deaths of rings: spread of the log rate, percentile 99 / median, memory, share of the worst tenth.';
