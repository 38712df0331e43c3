-- Between two whole numbers of the configuration, both included, by a uniform draw.
create or replace function aquaseed.evenly_whole(p_between aquaseed.between, p_u double precision)
returns integer language sql immutable parallel safe
return ((p_between)."from" + floor(p_u * ((p_between)."to" - (p_between)."from" + 1)))::integer;

comment on function aquaseed.evenly_whole(aquaseed.between, double precision) is
  'A whole number between two, both included, evenly by a draw u in [0, 1).';
