-- Standard error of sum(a) / sum(b) over independent units that each bring an a and a b (deaths of a batch, say, and
-- its fish): that of a ratio estimator, linearised. Null below two units.
create or replace function aquaseed._ratio_error(p_a double precision[], p_b double precision[])
returns double precision
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case when count(*) >= 2
              then sqrt(count(*) / (count(*) - 1.0) * sum((coalesce(x.a, 0) - r.ratio * coalesce(x.b, 0)) ^ 2))
                   / nullif(abs(sum(x.b)), 0) end
  from unnest(p_a, p_b) x(a, b)
  cross join (select sum(y.a) / nullif(sum(y.b), 0) as ratio from unnest(p_a, p_b) y(a, b)) r
$$;

comment on function aquaseed._ratio_error(double precision[], double precision[]) is
  'Standard error of a ratio of two sums over independent units.';
