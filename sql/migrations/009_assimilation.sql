-- Stage assimilate: which leaves it seals, which temperature profile belongs to a batch, and what it knows of an
-- assignment before it looks at the days.

alter table aquaseed.generated_table add column sealed_in text not null default 'seal';
update aquaseed.generated_table set sealed_in = 'assimilate' where table_name = 'batch_actualdailyassignmentstate';
comment on column aquaseed.generated_table.sealed_in is
  'The stage that keys, indexes and attaches the leaves: seal, or assimilate for what is computed from sealed events.';

create table aquaseed.temperature_season (
  profile_id bigint primary key,
  geography_id bigint not null,
  start_doy integer not null
);
comment on table aquaseed.temperature_season is
  'Geography and day of the year of arrival of the eggs that a temperature profile of the scenario planner is made for.';

create type aquaseed.growth_path as (
  assignment_no integer,
  assignment_id bigint,
  container_id bigint,
  stage_id bigint,
  first_day integer,
  until_day integer,
  -- Place of (day) in the arrays of assimilate_batch: shift + day.
  shift integer,
  growth_per_heat double precision,
  yolk_from integer,
  yolk_until integer,
  yolk_per_day double precision,
  egg_weight_g double precision,
  least_weight_g double precision
);
comment on type aquaseed.growth_path is
  'An assignment of a batch for the reconstruction: batch days from first_day up to but not including until_day; growth in cube-root weight per 0.01 degree-day and per day of yolk.';

-- The stage became an argument: several stages seal.
drop function if exists aquaseed.seal_unit(integer, text, integer);
