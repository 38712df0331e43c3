-- The number of a reading among those of its batch: assignment, parameter, day, slot, in the order of the leaf. The one
-- place that knows how readings are numbered. Room for 100 assignments, 16 parameters of a sensor, 1,000 days and 12
-- readings a day, as the CHECKs of the tables that number these allow: 19.2 million, in a block of 20 million. Of a
-- batch 999,999 the highest id is 2 * 10^13, far below 2^53, up to which JavaScript counts exactly. Inlined.
create or replace function aquaseed.reading_no(
  p_assignment_no integer, p_parameter_no integer, p_day integer, p_slot integer
)
returns integer language sql immutable parallel safe
return ((p_assignment_no * 16 + p_parameter_no) * 1000 + p_day) * 12 + p_slot;

comment on function aquaseed.reading_no(integer, integer, integer, integer) is
  'Number of a reading among those of its batch: id = batch_no * block + reading_no.';
