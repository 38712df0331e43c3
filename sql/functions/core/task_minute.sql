-- When a task is done: minute of the day about one of its peaks, within its hours. p_u chooses the peak, uniform; p_z
-- is standard normal.
create or replace function aquaseed.task_minute(
  p_hours aquaseed.task_hours, p_spread double precision, p_u double precision, p_z double precision
)
returns integer language sql immutable parallel safe
return greatest(60 * p_hours."from", least(60 * p_hours."to" - 1, round(
  60 * (p_hours.peaks)[1 + floor(p_u * cardinality(p_hours.peaks))::integer] + p_spread * p_z)))::integer;

comment on function aquaseed.task_minute(aquaseed.task_hours, double precision, double precision, double precision) is
  'Minute of the day at which a task is done, by a uniform and a normal draw; p_spread in minutes.';
