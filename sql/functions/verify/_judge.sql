-- The verdict on one metric. A range (low, high) holds of the population; a farm is a sample of p_units independent
-- units with a standard error, so the range is widened by p_bound.standard_errors of them. An exact metric
-- (p_bound.unit null) is never widened. What lies outside of the widened range fails. What lies inside passes, unless
-- the range had to be widened by more than itself: such a sample tells nothing. pass is null, with what is missing, for
-- that, when nothing was measured, when there is no range, or when the sample is smaller than p_bound.least.
create or replace function aquaseed._judge(
  p_measured double precision, p_standard_error double precision, p_units integer, p_bound aquaseed.check_bound
)
returns table (pass boolean, judged_low double precision, judged_high double precision, missing text)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_measured is null or p_bound.id is null or w.is_small then null
              when p_measured = 'NaN' or not w.is_within then false
              when w.is_vague then null
              else true end,
         w.low, w.high,
         case when p_bound.id is null then 'no range in checks.yaml'
              when p_measured is null then null
              when w.is_small
                then pg_catalog.format('fewer than %s independent units (%s): %s', p_bound.least, p_bound.unit, p_units)
              when w.is_within and w.is_vague then 'not enough units: the sampling error is wider than the range' end
  from (
    select v.low, v.high,
           p_measured >= coalesce(v.low, '-infinity') and p_measured <= coalesce(v.high, 'infinity') as is_within,
           coalesce(p_bound.unit is not null and p_units < p_bound.least, false) as is_small,
           coalesce(v.margin > p_bound.high - p_bound.low, false) as is_vague
    from (
      select x.margin, p_bound.low - x.margin as low, p_bound.high + x.margin as high
      from (
        select case when p_bound.unit is null then 0
                    else p_bound.standard_errors * coalesce(p_standard_error, 0) end as margin
      ) x
    ) v
  ) w
$$;

comment on function aquaseed._judge(double precision, double precision, integer, aquaseed.check_bound) is
  'Verdict on a metric by its range, widened by the sampling error of the farm at hand.';
