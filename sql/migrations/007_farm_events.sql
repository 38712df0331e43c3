-- What happens to the fish besides growing: moves over several days, vaccinations and delousings, lice, incidents.
-- Truth of the whole life of a batch (stage simulate), as aquaseed.assignment_day.

alter table aquaseed.run add column predicted jsonb;
comment on column aquaseed.run.predicted is 'Rows per table that the plan predicts; null when the schedule came without.';
alter table aquaseed.run add column profiles text[] not null default '{}';
comment on column aquaseed.run.profiles is 'Profiles of the configuration that the run was made under.';
drop function if exists aquaseed.create_run(bigint, date, jsonb, text, text, text, text);

alter table aquaseed.assignment
  add column first_day smallint not null,
  add column last_day smallint not null;
comment on table aquaseed.assignment is
  'Fish and mean weight (g) with which a container of a batch starts, and the batch days (first, last) that it is used for at most: harvest may empty it earlier.';

alter table aquaseed.assignment_day rename column pulse_share to extra_share;
alter table aquaseed.assignment_day add column extra_cause text;
comment on column aquaseed.assignment_day.extra_share is
  'Share of the day''s hazard that procedures and incidents caused, 0 to 1.';
comment on column aquaseed.assignment_day.extra_cause is
  'Cause of those deaths (that of the largest part); null when there is none.';
comment on column aquaseed.assignment_day.fish_start is
  'Fish at the start of the day, after the moves of the morning: fish_end of the day before less aquaseed.transfer of this day.';

create table aquaseed.planned_move (
  batch_no integer not null,
  stage_order smallint not null,
  source_no smallint not null,
  dest_no smallint not null,
  day smallint not null,
  share double precision not null check (share > 0 and share <= 1),
  weight_factor double precision not null,
  primary key (batch_no, stage_order, source_no, dest_no)
);
comment on table aquaseed.planned_move is
  'Who moves where into stage_order: the share of a source''s fish that goes to a destination, on which morning, and how heavy the fish taken are against the source''s mean (graded fish). Shares of a source sum to 1.';

alter table aquaseed.transfer add column selection text not null default 'AVERAGE'
  check (selection in ('AVERAGE', 'LARGEST', 'SMALLEST'));

create table aquaseed.procedure (
  batch_no integer not null,
  procedure_no smallint not null check (procedure_no between 0 and 9999),
  kind text not null check (kind in ('vaccination', 'delousing')),
  method text not null,
  round_no smallint not null,
  assignment_no smallint not null,
  day smallint not null,
  emergency boolean not null default false,
  lice_before double precision,
  lice_after double precision,
  primary key (batch_no, procedure_no)
);
comment on table aquaseed.procedure is
  'Every vaccination and delousing of every container: method (its extra deaths are the pulse of that name), round_no counts the vaccinations or delousings of the batch from 1, lice_before and lice_after are adult females per fish.';

create table aquaseed.lice_day (
  batch_no integer not null,
  assignment_no smallint not null,
  day smallint not null,
  adult_female double precision not null,
  primary key (batch_no, assignment_no, day)
);
comment on table aquaseed.lice_day is
  'Mean number of adult female salmon lice per fish of each ring and day at sea, at noon (after a delousing of the day), over the whole stay.';

create table aquaseed.incident (
  batch_no integer not null,
  incident_no integer not null check (incident_no between 0 and 999999),
  kind text not null check (kind in (
    'thinning_harvest', 'staggered_transfer', 'grading', 'lice_wave', 'disease', 'algae', 'jellyfish', 'storm',
    'water_treatment', 'low_oxygen', 'predator', 'feed_stock_out', 'sensor_outage', 'sensor_stuck', 'sensor_spike',
    'sensor_drift')),
  stage_order smallint not null,
  assignment_no smallint,
  parameter_no smallint,
  slot smallint,
  from_day smallint not null,
  to_day smallint not null check (to_day >= from_day),
  size double precision not null,
  level double precision,
  place text not null,
  incident_key bigint not null,
  detail text not null,
  primary key (batch_no, incident_no)
);
comment on table aquaseed.incident is
  'What went wrong, or was done out of turn, with a batch: the answer key for analytics and anomaly detectors. assignment_no null = all containers of the stage; parameter_no and slot (reading of the day) only for sensors; from_day to to_day are batch days, both included; an incident of a whole area or hall has one row for each batch that it meets, with the same incident_key.';
comment on column aquaseed.incident.size is
  'thinning_harvest: share of the fish of the ring; staggered_transfer: days from the first move to the last; grading: destinations of a source; lice_wave: adult females added per fish; disease: factor on the hazard at its peak; algae, jellyfish, storm, predator: share of the fish killed; water_treatment: highest nitrite, mg/L; low_oxygen: lowest oxygen, % saturation; feed_stock_out: share of the feed missing; sensor_outage and sensor_stuck: 1; sensor_spike: value shown; sensor_drift: units a day.';
comment on column aquaseed.incident.level is
  'What the water comes to: algae, jellyfish: oxygen, % saturation; else null.';

-- The registry of generated tables that these events fill.
insert into aquaseed.generated_table (table_name, id_column, id_block, partitioned, time_column) values
  ('health_treatment', 'id', 10000, false, null),
  ('health_journalentry', 'id', 10000, false, null),
  ('health_healthsamplingevent', 'id', 100000, false, null),
  ('health_healthlabsample', 'id', 100000, false, null);

-- These take two more documents now.
drop function if exists aquaseed.load_configuration(jsonb, jsonb, jsonb, jsonb);
drop function if exists aquaseed.load_settings(jsonb, jsonb);
