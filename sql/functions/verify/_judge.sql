-- The verdict on one metric. A range (low, high) holds of the population; a farm is a sample of p_units independent
-- units with a standard error, so the range is widened by p_bound.standard_errors of them. An exact metric
-- (p_bound.unit null) is never widened. pass is null, with what is missing, when nothing was measured, when there is
-- no range, or when the sample is smaller than p_bound.least.
create or replace function aquaseed._judge(
  p_measured double precision, p_standard_error double precision, p_units integer, p_bound aquaseed.check_bound
)
returns table (pass boolean, judged_low double precision, judged_high double precision, missing text)
language sql immutable
set search_path = ''
as $$
  select case when p_measured is null or p_bound.id is null or v.is_few then null
              when p_measured = 'NaN' then false
              else p_measured >= coalesce(v.low, '-infinity') and p_measured <= coalesce(v.high, 'infinity') end,
         v.low, v.high,
         case when p_bound.id is null then 'no range in checks.yaml'
              when p_measured is not null and v.is_few
                then pg_catalog.format('fewer than %s independent units (%s): %s', p_bound.least, p_bound.unit, coalesce(p_units, 0)) end
  from (
    select p_bound.low - x.margin as low, p_bound.high + x.margin as high,
           p_bound.unit is not null and coalesce(p_units, 0) < p_bound.least as is_few
    from (
      select case when p_bound.unit is null then 0 else p_bound.standard_errors * coalesce(p_standard_error, 0) end as margin
    ) x
  ) v
$$;

comment on function aquaseed._judge(double precision, double precision, integer, aquaseed.check_bound) is
  'Verdict on a metric by its range, widened by the sampling error of the farm at hand.';
