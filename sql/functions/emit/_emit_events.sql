-- The events of a batch that are not written yet: those of the batch days [emitted_days, days), or entered on them.
-- They never change, so that a later end of history only adds to them.
create or replace function aquaseed._emit_events(p_batch_no integer, p_seed bigint, p_slice integer)
returns jsonb language sql
set search_path = pg_catalog, pg_temp
as $$
  select aquaseed._emit_readings(p_batch_no, p_seed,
                                 aquaseed.target_name('environmental_environmentalreading', p_slice))
    || aquaseed._emit_feeding(p_batch_no, p_seed, aquaseed.target_name('inventory_feedingevent', p_slice))
    || aquaseed._emit_mortality(p_batch_no, p_seed, aquaseed.target_name('batch_mortalityevent', p_slice))
    || aquaseed._emit_growth_samples(p_batch_no, p_seed, aquaseed.target_name('batch_growthsample', p_slice),
                                     aquaseed.target_name('batch_individualgrowthobservation', p_slice))
    || aquaseed._emit_lice_counts(p_batch_no, p_seed, aquaseed.target_name('health_licecount', p_slice))
    || aquaseed._emit_health_samples(p_batch_no, p_seed,
                                     aquaseed.target_name('health_individualfishobservation', p_slice),
                                     aquaseed.target_name('health_fishparameterscore', p_slice))
$$;

comment on function aquaseed._emit_events(integer, bigint, integer) is
  'Events of one batch from emitted_days up to before days, into their leaves. Returns rows per table.';
