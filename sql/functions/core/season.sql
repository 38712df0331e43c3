-- Season: cos(2 pi (doy - phi) / 365.25), 1 on day phi of the year, -1 half a year later.
create or replace function aquaseed.season(p_day_no integer, p_phi double precision)
returns double precision language sql immutable parallel safe
return cos(6.283185307179586::double precision * (p_day_no - p_phi) / 365.25::double precision);

comment on function aquaseed.season(integer, double precision) is
  'Season of a day number (days since 1999-12-31): 1 on day-of-year phi, -1 half a year later.';
