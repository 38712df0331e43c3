-- The time axis of all noise: days since 1999-12-31, so that 1 January 2000 is day 1 of its year.
create or replace function aquaseed.day_no(p_date date)
returns integer language sql immutable parallel safe
return p_date - '1999-12-31'::date;

comment on function aquaseed.day_no(date) is 'Days since 1999-12-31: the time axis of all noise and seasons.';
