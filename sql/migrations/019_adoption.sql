-- Into a database that AquaMind's own migrations made (docs/decisions/025-adoption.md): what was there before, and
-- which row of it stands for which entry of the configuration.

alter table aquaseed.ownership
  add column adopted text check (adopted in ('partitioned', 'plain')),
  add column adopted_at timestamptz;
comment on column aquaseed.ownership.adopted is
  'How the tables of AquaMind''s own database were taken over: its large ones partitioned, or plain as they were; '
  'null: the tables are our own copy.';
comment on column aquaseed.ownership.adopted_at is 'When they were taken over; null: not yet, or not at all.';

create table aquaseed.master_row (
  table_name text not null,
  no bigint not null,
  id bigint not null,
  inserted boolean not null,
  primary key (table_name, no)
);
create index on aquaseed.master_row (table_name, id);
comment on table aquaseed.master_row is
  'Places and master data: the row (id) of schema public that stands for entry no of the configuration, found by '
  'its natural key or inserted by us. In a database of our own no and id are the same.';

create table aquaseed.column_value (
  table_name text not null,
  column_name text not null,
  value jsonb not null,
  primary key (table_name, column_name)
);
comment on table aquaseed.column_value is
  'config/aquamind.yaml: what stands in columns of AquaMind that the generator does not know and that have to have '
  'a value.';

create table aquaseed.adopted_sequence (
  sequence text primary key,
  last_value bigint not null,
  is_called boolean not null
);
comment on table aquaseed.adopted_sequence is 'Where the sequences of AquaMind''s tables stood when they were adopted.';

create table aquaseed.adopted_key (
  key_no integer primary key,
  table_name text not null,
  kind text not null check (kind in ('constraint', 'foreign key', 'index')),
  name text not null,
  definition text not null,
  remark text,
  dropped boolean not null default false,
  stage text
);
comment on table aquaseed.adopted_key is
  'Keys and indexes that were taken off AquaMind''s tables and are built again: foreign keys that refer to a table '
  'which was partitioned, and all of the large tables while a run fills them plain.';

-- The generator's view of the places: by name, and numbered as the configuration numbers them.
alter table aquaseed.hall add column name text not null;
alter table aquaseed.area
  add column name text not null,
  add column farm_no bigint not null unique,
  add column active boolean not null,
  add column latitude double precision not null;
alter table aquaseed.feed_container
  add column name text not null,
  add column farm_no bigint not null unique;
alter table aquaseed.container add column max_biomass_kg double precision;
comment on column aquaseed.container.max_biomass_kg is
  'Most biomass that the container takes, kg, as the configuration has it.';
comment on column aquaseed.area.farm_no is
  'Number of the area in the configuration: ids of its weather follow from it.';
comment on column aquaseed.feed_container.farm_no is
  'Number of the silo or barge in the configuration: ids of its lots follow from it.';

-- Numbers of master data that decide rows come from the configuration, whatever stands in rows of others.
alter table aquaseed.stage add column least_weight_g double precision;
comment on column aquaseed.stage.least_weight_g is
  'Weight (g) that a fish of the stage has at least, as the reconstruction takes it.';
alter table aquaseed.parameter add column highest double precision;
comment on column aquaseed.parameter.highest is
  'Largest value that a sensor of the parameter shows; null: no limit is known.';
alter table aquaseed.temperature_season add column season_no bigint not null;
comment on column aquaseed.temperature_season.season_no is 'Number of the profile in the configuration.';
drop function if exists aquaseed._check_names(text, jsonb);

-- A daily state as the reconstruction makes it: a type of our own, since the table may be moved and have more columns.
create type aquaseed.daily_state as (
  id bigint,
  date date,
  day_number integer,
  avg_weight_g numeric(10,2),
  population integer,
  biomass_kg numeric(12,2),
  temp_c numeric(5,2),
  mortality_count integer,
  feed_kg numeric(10,2),
  observed_fcr numeric(8,3),
  anchor_type varchar(20),
  sources jsonb,
  confidence_scores jsonb,
  last_computed_at timestamptz,
  assignment_id bigint,
  batch_id bigint,
  container_id bigint,
  lifecycle_stage_id bigint,
  planned_activity_id integer
);
comment on type aquaseed.daily_state is 'A row of batch_actualdailyassignmentstate, with the columns that we fill.';
drop function if exists aquaseed._daily_states(integer, integer, daterange);
