-- Weekly counts, a different day of the week for each container.
create or replace function aquaseed._is_sampled(
  p_day integer, p_first_day integer, p_assignment_no integer, p_every integer
)
returns boolean language sql immutable parallel safe
return (p_day - p_first_day + p_assignment_no) % p_every = p_every - 1;

comment on function aquaseed._is_sampled(integer, integer, integer, integer) is
  'Whether a container is sampled on this day: every so many days, containers in turn.';
