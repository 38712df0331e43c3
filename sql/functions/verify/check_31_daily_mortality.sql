-- 31: daily deaths of the sample's rings (_sample_mortality).
-- 31.memory: correlation of the logarithm of the day's deaths per fish with that of the day before (days with deaths
--   on both), median over the rings with 60 such days.
-- 31.variance: variance / mean of the deaths a day over 30 days, median over the stretches of 30 days.
create or replace function aquaseed.check_31_daily_mortality()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with day as materialized (
    select m.assignment_id, m.day, m.deaths,
           case when m.deaths > 0 and m.fish > 0 then ln(m.deaths::double precision / m.fish) end as rate
    from aquaseed._sample_mortality() m
  ),
  memory as (
    select d.assignment_id, corr(d.rate, d.before) as r
    from (select x.*, lag(x.rate) over (partition by x.assignment_id order by x.day) as before from day x) d
    group by d.assignment_id
    having count(d.rate + d.before) >= 60
  ),
  month as (
    select d.assignment_id, var_samp(d.deaths)::double precision / nullif(avg(d.deaths), 0) as ratio
    from day d
    group by d.assignment_id, d.day / 30
    having count(*) = 30
  )
  select '31.memory', percentile_cont(0.5) within group (order by m.r),
         case when count(m.r) = 0 then 'no ring with 60 days'
              else count(m.r) || ' rings, ' || round(min(m.r)::numeric, 3) || ' to ' || round(max(m.r)::numeric, 3) end,
         aquaseed._standard_error(stddev_samp(m.r), count(m.r), true), count(m.r)::integer
  from memory m
  union all
  select '31.variance', percentile_cont(0.5) within group (order by m.ratio),
         case when count(m.ratio) = 0 then 'no stretch of 30 days' else count(m.ratio) || ' stretches of 30 days' end,
         (
           select aquaseed._standard_error(stddev_samp(b.ratio), count(*), true)
           from (
             select percentile_cont(0.5) within group (order by x.ratio) as ratio
             from month x where x.ratio is not null group by x.assignment_id
           ) b
         ),
         count(distinct m.assignment_id) filter (where m.ratio is not null)::integer
  from month m
$$;

comment on function aquaseed.check_31_daily_mortality() is
  'Daily deaths at sea: memory from day to day, variance / mean over 30 days.';
