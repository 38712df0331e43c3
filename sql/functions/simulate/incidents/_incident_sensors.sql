-- Sensors keep their faults from batch to batch: keyed by container, parameter and year.
create or replace function aquaseed._incident_sensors(p_batch_no integer, p_life_stage_no integer)
returns table (
  assignment_no smallint, first_day integer, last_day integer, parameter_no smallint, parameter text,
  highest double precision, name text, sensor_key bigint
)
language sql stable rows 100
set search_path = pg_catalog, pg_temp
as $$
  select c.assignment_no, a.first_day::integer, a.last_day::integer, p.parameter_no, p.name,
         p.highest, k.name || ' ' || p.name,
         k.noise_key # pg_catalog.hashint8extended(p.parameter_no, 0)
  from aquaseed.schedule_container c
  join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
  join aquaseed.container k on k.container_id = c.container_id
  join aquaseed.sensor s on s.container_id = c.container_id
  join aquaseed.parameter p on p.parameter_no = s.parameter_no
  where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no
$$;

comment on function aquaseed._incident_sensors(integer, integer) is
  'Sensors in the containers of a stage of a batch, with the key of their faults.';
