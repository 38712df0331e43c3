-- Schema aquaseed: everything of the generator. Dropping it leaves a clean AquaMind database.
-- Groups, in the order of a run: settings and places (load), schedule (load), ledger,
-- truth (simulate), feed ledger (settle), registry of tables (emit, seal).

-- Settings -----------------------------------------------------------------------------------------

create table aquaseed.setting (
  path text primary key,
  number double precision,
  label text
);
comment on table aquaseed.setting is
  'config/*.yaml flattened: path such as biology.growth.heat_stress.start, its number or its text.';

create table aquaseed.stage (
  stage_order smallint primary key,
  stage_id bigint not null,
  stage_key text not null unique,
  habitat text not null check (habitat in ('freshwater', 'sea')),
  days integer not null,
  survival_days integer not null,
  weight_at_start_g double precision,
  yolk_from_day double precision,
  yolk_weight_g double precision,
  biological_fcr double precision not null,
  meals_per_day smallint not null check (meals_per_day between 0 and 20),
  k_from double precision not null,
  k_to double precision not null,
  cv_from double precision not null,
  cv_to double precision not null,
  flow_through boolean not null,
  temperature_c double precision,
  ramp_from_c double precision,
  ramp_days double precision,
  hall_sd double precision,
  tank_sd double precision,
  temperature_reading_sd double precision,
  design_feed_kg double precision
);
comment on table aquaseed.stage is
  'Life-cycle stages in order: length in days, feeding, sampling (condition factor K and weight CV from the first to the last day), water of the halls (deg C; design feed of a full hall in kg a day).';

create table aquaseed.stage_geography (
  stage_order smallint not null references aquaseed.stage,
  geography_id bigint not null,
  tgc double precision not null,
  survival double precision not null,
  primary key (stage_order, geography_id)
);
comment on table aquaseed.stage_geography is
  'Growth coefficient (per 1,000 degree-days) and survival of a stage in a geography.';

create table aquaseed.mortality_shape (
  stage_order smallint not null references aquaseed.stage,
  shape_no smallint not null,
  shape text not null check (shape in ('early', 'bell', 'late')),
  share double precision not null,
  tau double precision,
  centre double precision,
  width double precision,
  days double precision,
  primary key (stage_order, shape_no)
);
comment on table aquaseed.mortality_shape is 'Where the background deaths of a stage fall; the rest is flat.';

create table aquaseed.mortality_cause (
  habitat text not null,
  cause text not null,
  share_from double precision not null,
  share_to double precision not null,
  primary key (habitat, cause)
);
comment on table aquaseed.mortality_cause is
  'Causes of background deaths as intervals of [0, 1): a uniform draw falls into exactly one.';

create table aquaseed.pulse (
  kind text primary key,
  hazard double precision not null,
  tau double precision not null,
  cause text not null
);
comment on table aquaseed.pulse is 'Extra deaths after a procedure: hazard in all, fading as exp(-days/tau).';

create table aquaseed.pellet (
  pellet_no smallint primary key,
  feed_id bigint not null,
  from_g double precision not null,
  up_to_g double precision not null,
  price_per_kg double precision not null
);
comment on table aquaseed.pellet is 'Feed by fish weight in g (from, up to], with its base price in EUR/kg.';

create table aquaseed.parameter (
  parameter_no smallint primary key check (parameter_no between 0 and 7),
  parameter_id bigint not null,
  name text not null unique,
  scale double precision not null,
  step numeric(10, 4) not null
);
comment on table aquaseed.parameter is
  'Environmental parameters; a value is round(x * scale) * step, so that a sensor shows its resolution.';

create table aquaseed.reading_hour (
  slot smallint primary key check (slot between 0 and 11),
  hour smallint not null unique
);
comment on table aquaseed.reading_hour is 'Clock hours (UTC) at which sensors are read, in order.';

create table aquaseed.grade (
  grade_no smallint primary key check (grade_no between 1 and 9),
  grade_id bigint not null,
  share double precision not null,
  weight_factor double precision not null
);
comment on table aquaseed.grade is 'Harvest grades: share of the fish and mean weight against the ring.';

-- Places -------------------------------------------------------------------------------------------

create table aquaseed.geography (
  geography_id bigint primary key,
  name text not null unique,
  noise_key bigint not null
);
create table aquaseed.hall (
  hall_id bigint primary key,
  geography_id bigint not null references aquaseed.geography,
  noise_key bigint not null
);
create table aquaseed.area (
  area_id bigint primary key,
  geography_id bigint not null references aquaseed.geography,
  noise_key bigint not null,
  site text not null,
  temperature_mean double precision not null,
  temperature_amplitude double precision not null,
  temperature_phi double precision not null,
  oxygen_use double precision not null,
  salinity_mean double precision not null,
  salinity_amplitude double precision not null,
  salinity_phi double precision not null,
  freshet_min double precision not null,
  freshet_max double precision not null
);
create table aquaseed.feed_container (
  feed_container_id bigint primary key,
  hall_id bigint,
  area_id bigint,
  position smallint not null,
  capacity_g bigint not null,
  noise_key bigint not null
);
create table aquaseed.container (
  container_id bigint primary key,
  name text not null unique,
  geography_id bigint not null references aquaseed.geography,
  hall_id bigint references aquaseed.hall,
  area_id bigint references aquaseed.area,
  position smallint not null,
  volume_m3 double precision not null,
  feed_container_id bigint references aquaseed.feed_container,
  noise_key bigint not null
);
create table aquaseed.sensor (
  container_id bigint not null references aquaseed.container,
  parameter_no smallint not null references aquaseed.parameter,
  sensor_id bigint not null unique,
  primary key (container_id, parameter_no)
);
comment on table aquaseed.sensor is 'The sensor of a container for a parameter; places without sensors have no readings.';
comment on table aquaseed.geography is 'Geographies; noise_key is the hash of the name and keys all draws.';
comment on table aquaseed.hall is 'Freshwater halls: their water is shared by their tanks.';
comment on table aquaseed.area is 'Sea areas with the climate of their site (deg C, ppt, % oxygen used at reference density).';
comment on table aquaseed.feed_container is 'Silos (one a hall) and barges (several an area), capacity in g.';
comment on table aquaseed.container is 'Tanks, trays and rings; feed_container_id is the silo or barge that feeds it.';

-- Ledger -------------------------------------------------------------------------------------------

create table aquaseed.run (
  run_id integer primary key,
  state text not null check (state in ('running', 'done', 'failed')),
  seed bigint not null,
  as_of date not null,
  schedule_name text not null,
  schedule_digest text not null,
  config_digest text not null,
  tool_version text not null,
  server_version text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  seconds jsonb not null default '{}'
);
comment on table aquaseed.run is
  'One row a run: seed, as_of (rows exist for dates before it), digests of configuration and schedule, state, seconds per stage.';

create table aquaseed.run_step (
  run_id integer not null references aquaseed.run,
  stage text not null,
  phase smallint not null default 0,
  unit text not null,
  unit_no bigint not null,
  target text,
  slice smallint not null default 0,
  state text not null default 'pending' check (state in ('pending', 'done', 'failed')),
  worker smallint,
  started_at timestamptz,
  finished_at timestamptz,
  rows jsonb,
  error text,
  attempts smallint not null default 0,
  primary key (run_id, stage, phase, unit)
);
create index run_step_todo on aquaseed.run_step (run_id, stage, phase, slice, unit_no) where state <> 'done';
comment on table aquaseed.run_step is
  'The ledger: one row per unit of work. A unit''s rows and its ledger row commit in one transaction, so a unit is wholly there or absent.';

create view aquaseed.progress as
select run_id, stage,
       count(*) as units,
       count(*) filter (where state = 'done') as done,
       count(*) filter (where state = 'failed') as failed,
       coalesce(sum(r.n) filter (where state = 'done'), 0)::bigint as rows,
       min(started_at) as started_at,
       max(finished_at) as finished_at,
       extract(epoch from max(finished_at) - min(started_at))::double precision as seconds
from aquaseed.run_step
left join lateral (select sum(value::bigint) as n from jsonb_each_text(rows)) r on true
group by run_id, stage;
comment on view aquaseed.progress is 'How far and how fast: units and rows per stage of each run.';

-- Schedule -----------------------------------------------------------------------------------------

create table aquaseed.slice (
  slice smallint primary key,
  first_batch_no integer not null,
  last_batch_no integer not null
);
comment on table aquaseed.slice is 'Contiguous ranges of batches; each has one leaf of every partitioned table.';

create table aquaseed.schedule_batch (
  batch_no integer primary key check (batch_no between 1 and 999999),
  batch_name text not null unique,
  batch_key bigint not null,
  geography_id bigint not null references aquaseed.geography,
  slice smallint not null references aquaseed.slice,
  start_date date not null,
  eggs integer not null check (eggs > 0),
  days integer not null check (days >= 0),
  life_days integer not null check (life_days between 1 and 1000),
  harvest_target_g double precision not null
);
comment on table aquaseed.schedule_batch is
  'Batches: days = how many are emitted (dates before as_of), life_days = how many are reserved. batch_key is the hash of the name and keys all draws.';

create table aquaseed.schedule_stage (
  batch_no integer not null references aquaseed.schedule_batch,
  stage_order smallint not null references aquaseed.stage,
  hall_id bigint references aquaseed.hall,
  area_id bigint references aquaseed.area,
  start_day smallint not null,
  end_day smallint not null check (end_day > start_day),
  primary key (batch_no, stage_order)
);
comment on table aquaseed.schedule_stage is 'Where each stage of a batch is, from start_day up to but not including end_day.';

create table aquaseed.schedule_container (
  batch_no integer not null,
  assignment_no smallint not null check (assignment_no between 0 and 99),
  stage_order smallint not null,
  container_id bigint not null references aquaseed.container,
  period daterange not null,
  assignment_key bigint not null,
  primary key (batch_no, assignment_no),
  foreign key (batch_no, stage_order) references aquaseed.schedule_stage
);
comment on table aquaseed.schedule_container is
  'Containers of each stage, reserved for the period; no container is reserved twice for one day.';

-- PostgreSQL itself refuses overlaps. Without btree_gist the load checks the same (load_schedule).
do $$
begin
  if exists (select from pg_available_extensions where name = 'btree_gist') then
    create extension if not exists btree_gist with schema aquaseed;
    alter table aquaseed.schedule_container
      add constraint schedule_container_no_overlap
      exclude using gist (container_id with =, period with &&);
  end if;
end
$$;

-- Truth (simulate) ---------------------------------------------------------------------------------

create table aquaseed.assignment (
  batch_no integer not null,
  assignment_no smallint not null,
  fish_in integer not null,
  weight_in_g double precision not null,
  primary key (batch_no, assignment_no),
  foreign key (batch_no, assignment_no) references aquaseed.schedule_container
);
comment on table aquaseed.assignment is 'Fish and mean weight (g) with which a container of a batch starts.';

create table aquaseed.assignment_day (
  batch_no integer not null,
  assignment_no smallint not null,
  day smallint not null,
  stage_order smallint not null,
  container_id integer not null,
  fish_start integer not null,
  deaths integer not null,
  harvested integer not null,
  fish_end integer not null,
  weight_start_g double precision not null,
  weight_g double precision not null,
  temperature_c double precision not null,
  fasting boolean not null,
  pulse_share double precision not null,
  feed_1_g integer not null,
  feed_2_g integer not null,
  pellet_1 smallint not null,
  pellet_2 smallint not null,
  check (fish_start = fish_end + deaths + harvested),
  check (least(fish_end, deaths, harvested, feed_1_g, feed_2_g) >= 0),
  primary key (batch_no, assignment_no, day)
);
comment on table aquaseed.assignment_day is
  'The simulated truth, one row per assignment and day of the whole life of a batch: fish, mean weight at the start and end of the day (g), temperature (deg C, noon), feed of the first and second half of the day (g, a multiple of 10), share of the day''s hazard that a procedure caused. The answer key for analytics.';

create table aquaseed.transfer (
  batch_no integer not null,
  action_no smallint not null check (action_no between 0 and 999),
  stage_order smallint not null,
  day smallint not null,
  source_no smallint not null,
  dest_no smallint not null,
  fish integer not null check (fish > 0),
  weight_g double precision not null,
  primary key (batch_no, action_no)
);
comment on table aquaseed.transfer is
  'Every move of fish from one container of a batch to another, at the start of the day; stage_order is that of the destination.';

-- Feed ledger (settle) -----------------------------------------------------------------------------

create table aquaseed.feed_demand (
  feed_container_id bigint not null,
  feed_id bigint not null,
  half integer not null,
  batch_no integer not null,
  grams bigint not null check (grams > 0),
  primary key (feed_container_id, feed_id, half, batch_no)
);
comment on table aquaseed.feed_demand is
  'What a batch takes from a silo or barge in half a day; half = 2 * (days since 2000-01-01) + (0 or 1).';

create table aquaseed.feed_lot (
  lot_id bigint primary key,
  feed_container_id bigint not null,
  feed_id bigint not null,
  half integer not null,
  grams bigint not null check (grams > 0),
  used_g bigint not null,
  wasted_g bigint not null,
  wasted_half integer,
  price_per_kg numeric(10, 2) not null,
  check (used_g >= 0 and wasted_g >= 0 and used_g + wasted_g = grams)
);
create index on aquaseed.feed_lot (feed_container_id);
comment on table aquaseed.feed_lot is
  'Every delivery over the whole plan: arrival (half), grams, how much is eaten and how much is taken out as waste in the end.';

create table aquaseed.feed_use (
  feed_container_id bigint not null,
  feed_id bigint not null,
  half integer not null,
  lot_id bigint not null,
  grams bigint not null check (grams > 0),
  primary key (feed_container_id, feed_id, half, lot_id)
);
comment on table aquaseed.feed_use is 'Which lot the feed of a half day came from, first in, first out.';

create table aquaseed.feed_cost (
  feed_container_id bigint not null,
  feed_id bigint not null,
  half integer not null,
  cost_per_kg double precision not null,
  primary key (feed_container_id, feed_id, half)
);
comment on table aquaseed.feed_cost is 'FIFO cost of the feed given in a half day, EUR/kg.';

-- Registry of the generated tables -----------------------------------------------------------------

create table aquaseed.generated_table (
  table_name text primary key,
  id_column text not null,
  id_block bigint not null,
  partitioned boolean not null,
  time_column text,
  leaf_unique text[]
);
comment on table aquaseed.generated_table is
  'Generated tables: id = batch_no * id_block + n. Partitioned ones have a leaf per slice, checked on id and time; leaf_unique columns are unique on each leaf.';
insert into aquaseed.generated_table (table_name, id_column, id_block, partitioned, time_column) values
  ('batch_batch', 'id', 1, false, null),
  ('batch_creationworkflow', 'id', 1, false, null),
  ('batch_creationaction', 'id', 100, false, null),
  ('batch_batchcontainerassignment', 'id', 100, false, null),
  ('batch_batchtransferworkflow', 'id', 10, false, null),
  ('batch_transferaction', 'id', 1000, false, null),
  ('environmental_environmentalreading', 'id', 10000000, true, 'reading_time'),
  ('inventory_feedingevent', 'id', 2000000, true, 'feeding_date'),
  ('batch_mortalityevent', 'id', 100000, true, 'event_date'),
  ('batch_growthsample', 'id', 100000, true, 'sample_date'),
  ('batch_individualgrowthobservation', 'id', 10000000, true, 'created_at'),
  ('harvest_harvestevent', 'id', 100000, false, null),
  ('harvest_harvestlot', 'id', 1000000, false, null),
  ('health_licecount', 'id', 10000000, true, 'count_date'),
  ('health_individualfishobservation', 'id', 10000000, true, 'created_at'),
  ('health_fishparameterscore', 'id', 100000000, true, 'created_at'),
  ('batch_actualdailyassignmentstate', 'id', 100000, true, 'date'),
  ('scenario_scenarioprojection', 'projection_id', 10000, true, 'projection_date');

update aquaseed.generated_table set leaf_unique = v.columns
from (values
  ('batch_individualgrowthobservation', array['growth_sample_id', 'fish_identifier']),
  ('batch_actualdailyassignmentstate', array['assignment_id', 'date']),
  ('health_individualfishobservation', array['sampling_event_id', 'fish_identifier']),
  ('health_fishparameterscore', array['individual_fish_observation_id', 'parameter_id'])
) v(table_name, columns)
where generated_table.table_name = v.table_name;
