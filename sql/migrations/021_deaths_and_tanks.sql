-- Bad weeks, deaths by cause, grading by size, culling: types of their settings (docs/realism.md), and room for three
-- mortality events of a container and day. The ids of a run follow from the block, so it cannot change beneath one.

do $$
begin
  if exists (select from aquaseed.run) then
    raise exception 'this database holds a run, whose mortality events are numbered by an earlier version'
      using errcode = 'AQ001',
      hint = 'Nothing was changed. Generate into a new database, or first: select * from aquaseed.wipe(''DELETE'');';
  end if;
end
$$;

-- (assignment * 1000 + day) * 4 + number of the row.
update aquaseed.generated_table set id_block = 400000 where table_name = 'batch_mortalityevent';

-- These give more.
drop function if exists aquaseed._daily_conditions(integer, integer, bigint);
drop function if exists aquaseed._daily_effects(integer, integer);
drop function if exists aquaseed._incident_effects(integer, integer);

create type aquaseed.shock as (
  chance double precision, alpha double precision, "from" double precision, "to" double precision
);
comment on type aquaseed.shock is
  'A week in which so many times as many die: how often, and Pareto between two factors with exponent alpha.';
create type aquaseed.bad_weeks as (
  slow aquaseed.noise, fast aquaseed.noise, container_sd double precision, shock aquaseed.shock,
  damping double precision
);
comment on type aquaseed.bad_weeks is
  'biology.mortality.weeks.<habitat>: how the weeks of a place, and of a container in it, differ.';
create type aquaseed.removal as (
  sunday_off double precision, two_causes double precision, three_causes double precision
);
comment on type aquaseed.removal is 'biology.mortality.removal: how the dead of a ring are taken out and counted.';
create type aquaseed.culling as (share double precision, sd double precision, container_sd double precision);
comment on type aquaseed.culling is
  'biology.mortality.culling: median share of the eggs, and how batches and tanks differ.';
create type aquaseed.size_grading as (
  number_by_weight double precision, tank_sd double precision, ring_sd double precision, fullest double precision,
  whole double precision
);
comment on type aquaseed.size_grading is 'biology.grading: how many fish graded containers hold.';
