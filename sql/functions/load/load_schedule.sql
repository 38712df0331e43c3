-- Loads a schedule (the YAML file as JSON) for a run with the given end of history, in place of any other.
create or replace function aquaseed.load_schedule(p_schedule jsonb, p_as_of date)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from aquaseed.schedule_container;
  delete from aquaseed.schedule_stay;
  delete from aquaseed.schedule_batch;
  delete from aquaseed.slice;
  insert into aquaseed.slice (slice, first_batch_no, last_batch_no)
  select row_number() over (order by r.first_no), r.first_no, r.last_no
  from jsonb_each(p_schedule #> '{metadata,worker_partitions}') w(key, value)
  cross join lateral (
    select split_part(w.value ->> 'batch_range', '-', 1)::integer as first_no,
           split_part(w.value ->> 'batch_range', '-', 2)::integer as last_no
  ) r;
  return aquaseed._add_batches(p_schedule, p_as_of);
end
$$;

comment on function aquaseed.load_schedule(jsonb, date) is
  'Load a schedule (JSON of the YAML file); rows are emitted for dates before as_of. Returns the number of batches. '
  'Refuses a container with two batches on one day and more batches than ids allow (AQ003).';
