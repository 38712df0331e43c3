-- Poisson draw by inversion: the first n whose cumulative probability exceeds u. About mean steps a call. The last bit
-- of exp matters only where u lies within 1e-15 of a step. Above a mean of 700, where the spread is below 4 % and
-- exp(-mean) vanishes, the mean itself.
create or replace function aquaseed.poisson(p_mean double precision, p_u double precision)
returns integer language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_n integer := 0;
  v_term double precision;
  v_upto double precision;
  -- The sum of the terms may end just below 1: never go farther than twelve standard deviations.
  v_most constant double precision := p_mean + 12 * pg_catalog.sqrt(p_mean) + 12;
begin
  if p_mean > 700 then
    return pg_catalog.round(p_mean);
  end if;
  v_term := pg_catalog.exp(-p_mean);
  v_upto := v_term;
  while p_u >= v_upto and v_n < v_most loop
    v_n := v_n + 1;
    v_term := v_term * p_mean / v_n;
    v_upto := v_upto + v_term;
  end loop;
  return v_n;
end
$$;

comment on function aquaseed.poisson(double precision, double precision) is
  'Number of events with this mean for a uniform draw u in [0, 1).';
