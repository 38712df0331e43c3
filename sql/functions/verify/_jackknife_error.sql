-- Standard error of a statistic by its values with one independent unit left out at a time (jackknife).
create or replace function aquaseed._jackknife_error(p_without double precision[])
returns double precision
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select (count(x.value) - 1) / sqrt(nullif(count(x.value), 0)) * stddev_samp(x.value) from unnest(p_without) x(value)
$$;

comment on function aquaseed._jackknife_error(double precision[]) is
  'Standard error from the values of a statistic with one unit left out at a time.';
