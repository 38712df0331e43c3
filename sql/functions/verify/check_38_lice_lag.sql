-- 38: the lag, in days, at which adult female lice follow chalimus. A step is the change of the log of a batch's mean
-- (+ 0.01 a fish) over three ISO weeks. A delousing takes off both at once and leaves fewer chalimus for a
-- while: steps with one in them or in the 28 days before are left out: what is compared is growth. The lag of 0 to 12
-- weeks with the highest correlation over the steps of all batches with 26 weeks of counts. The error is from the lags
-- of single batches.
create or replace function aquaseed.check_38_lice_lag()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with week as materialized (
    select s.batch_id, date_trunc('week', s.on_date::timestamp)::date as week,
           ln(avg(s.adult_females) + 0.01) as females, ln(avg(s.chalimus) + 0.01) as chalimus
    from aquaseed._lice_samples() s
    group by 1, 2
  ),
  delousing as materialized (
    select distinct d.batch_id, d.on_date from aquaseed._delousings() d
  ),
  step as materialized (
    select w.batch_id, w.week, w.females - b.females as females, w.chalimus - b.chalimus as chalimus
    from (select x.*, count(*) over (partition by x.batch_id) as weeks from week x) w
    join week b on b.batch_id = w.batch_id and b.week = w.week - 21
    where w.weeks >= 26
      and not exists (
        select from delousing d
        where d.batch_id = w.batch_id and d.on_date between b.week - 28 and w.week + 6)
  ),
  pair as materialized (
    select c.batch_id, l.weeks, c.chalimus, f.females
    from generate_series(0, 12) l(weeks)
    join step c on true
    join step f on f.batch_id = c.batch_id and f.week = c.week + 7 * l.weeks
  ),
  lagged as (
    select p.weeks, corr(p.chalimus, p.females) as r, count(distinct p.batch_id) as batches from pair p group by p.weeks
  ),
  batch_lag as (
    select distinct on (x.batch_id) x.batch_id, x.weeks
    from (
      select p.batch_id, p.weeks, corr(p.chalimus, p.females) as r from pair p group by p.batch_id, p.weeks
      having count(*) >= 10
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
  'Lag in days of the highest correlation of chalimus with later adult females, between delousings.';
