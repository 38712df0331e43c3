-- Growth in cube-root weight of an assignment from the end of a day to the end of a later one.
create or replace function aquaseed._growth_between(
  p_path aquaseed.growth_path, p_heat integer, p_from_day integer, p_to_day integer
)
returns double precision language sql immutable parallel safe
return (p_path).growth_per_heat * p_heat + (p_path).yolk_per_day
  * (greatest(0, least(p_to_day + 1, (p_path).yolk_until) - (p_path).yolk_from)
     - greatest(0, least(p_from_day + 1, (p_path).yolk_until) - (p_path).yolk_from));

comment on function aquaseed._growth_between(aquaseed.growth_path, integer, integer, integer) is
  'Growth in cube-root weight over some days: heat (0.01 degree-days) between them, and yolk in the first stage.';
