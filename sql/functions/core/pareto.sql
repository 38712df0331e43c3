-- A Pareto variate from a uniform one: most are short, some are very long. Cut at the largest.
create or replace function aquaseed.pareto(p_pareto aquaseed.pareto, p_u double precision)
returns double precision language sql immutable parallel safe
return least((p_pareto)."to", (p_pareto)."from" * power(1 - p_u, -1 / (p_pareto).alpha));

comment on function aquaseed.pareto(aquaseed.pareto, double precision) is
  'Pareto variate of a uniform draw in [0, 1), cut at its largest value.';
