-- Sea water that lives, and outages of whole sites: types of their settings (docs/realism.md, "Sea", "Incidents").

create type aquaseed.trend as (per_year double precision, year double precision);
comment on type aquaseed.trend is 'So much more a year, nothing at the beginning of that year.';
create type aquaseed.harmonic as (share double precision, phi double precision);
comment on type aquaseed.harmonic is
  'Second wave of a year, as a share of the first: highest on day phi and half a year later.';
create type aquaseed.liveliness as (noise aquaseed.noise, summer double precision, phi double precision);
comment on type aquaseed.liveliness is
  'How lively the water is: exp of a noise, with a mean square of 1, and more by summer around day phi of the year.';
create type aquaseed.pareto as ("from" double precision, alpha double precision, "to" double precision);
comment on type aquaseed.pareto is 'Pareto distribution from the smallest value on, cut at the largest.';

alter type aquaseed.sea_water_temperature
  add attribute years_noise aquaseed.noise[],
  add attribute trend aquaseed.trend,
  add attribute second_harmonic aquaseed.harmonic,
  add attribute liveliness aquaseed.liveliness,
  add attribute area_fast aquaseed.noise,
  add attribute hours_noise aquaseed.noise;
alter type aquaseed.sea_oxygen add attribute per_degree double precision;

create type aquaseed.sensor_fault as (
  day integer, is_out boolean, stuck_since integer, shift double precision, slots integer[], shown double precision[]
);
comment on type aquaseed.sensor_fault is
  'What a sensor does wrong on a batch day: nothing sent, stuck since a day, shifted, values shown at some slots.';

-- They return more than before.
drop function if exists aquaseed._water_temperature(integer, integer, bigint);
drop function if exists aquaseed._sensor_traits();
drop function if exists aquaseed.list_incident_kinds();
