-- 38: the lag, in days, at which adult female lice follow chalimus: change of a batch's mean of the samples from one
-- week at sea to the next (levels of both rise with the time at sea, which correlates at any lag); the lag of 0 to 12
-- weeks with the highest correlation over the weeks of all batches with 26 weeks of counts. The error is from the lags
-- of single batches.
create or replace function aquaseed.check_38_lice_lag()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with week as (
    select s.batch_id, s.day / 7 as week, avg(s.adult_females) as adult_females, avg(s.chalimus) as chalimus
    from aquaseed._lice_samples() s
    group by s.batch_id, s.day / 7
  ),
  step as materialized (
    select w.batch_id, w.week, w.adult_females - lag(w.adult_females) over b as adult_females,
           w.chalimus - lag(w.chalimus) over b as chalimus, count(*) over (partition by w.batch_id) as weeks
    from week w
    window b as (partition by w.batch_id order by w.week)
  ),
  lagged as (
    select l.weeks, corr(c.chalimus, f.adult_females) as r, count(distinct c.batch_id) as batches
    from generate_series(0, 12) l(weeks)
    join step c on c.weeks >= 26
    join step f on f.batch_id = c.batch_id and f.week = c.week + l.weeks
    group by l.weeks
  ),
  batch_lag as (
    select distinct on (x.batch_id) x.batch_id, x.weeks
    from (
      select c.batch_id, l.weeks, corr(c.chalimus, f.adult_females) as r
      from generate_series(0, 12) l(weeks)
      join step c on c.weeks >= 26
      join step f on f.batch_id = c.batch_id and f.week = c.week + l.weeks
      group by c.batch_id, l.weeks
    ) x
    where x.r is not null
    order by x.batch_id, x.r desc, x.weeks
  ),
  best as (
    select l.* from lagged l where l.r is not null order by l.r desc, l.weeks limit 1
  )
  select '38', 7 * b.weeks, case when b.weeks is null then 'no batch with lice counts of 26 weeks'
                                 else b.batches || ' batches, correlation ' || round(b.r::numeric, 3) end,
         (select 7 * aquaseed._standard_error(stddev_samp(x.weeks)::double precision, count(*)) from batch_lag x),
         b.batches::integer
  from (values (1)) one(row)
  left join best b on true
$$;

comment on function aquaseed.check_38_lice_lag() is
  'Lag in days of the highest correlation of chalimus with later adult females.';
