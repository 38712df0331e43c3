-- Between two numbers of the configuration, by a uniform draw.
create or replace function aquaseed.evenly(p_between aquaseed.between, p_u double precision)
returns double precision language sql immutable parallel safe
return (p_between)."from" + ((p_between)."to" - (p_between)."from") * p_u;

comment on function aquaseed.evenly(aquaseed.between, double precision) is
  'A number between two, evenly by a draw u in [0, 1).';
