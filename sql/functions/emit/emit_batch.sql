-- Stage emit, one batch: fans its daily truth out into all its events, for dates before as_of.
-- Called within one transaction with the batch's ledger row.
create or replace function aquaseed.emit_batch(p_run_id integer, p_batch_no integer)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seed bigint := (select r.seed from aquaseed.run r where r.run_id = p_run_id);
  v_as_of date := (select r.as_of from aquaseed.run r where r.run_id = p_run_id);
  v_slice smallint;
  v_days integer;
begin
  select b.slice, b.days into v_slice, v_days from aquaseed.schedule_batch b where b.batch_no = p_batch_no;
  if v_days = 0 then
    return '{}';
  end if;
  return aquaseed._emit_batch(p_batch_no, v_seed)
    || aquaseed._emit_assignments(p_batch_no, v_seed)
    || aquaseed._emit_transfers(p_batch_no, v_seed)
    || aquaseed._emit_readings(p_batch_no, v_seed, aquaseed.target_name('environmental_environmentalreading', v_slice))
    || aquaseed._emit_feeding(p_batch_no, v_seed, aquaseed.target_name('inventory_feedingevent', v_slice))
    || aquaseed._emit_mortality(p_batch_no, v_seed, aquaseed.target_name('batch_mortalityevent', v_slice))
    || aquaseed._emit_growth_samples(p_batch_no, v_seed, aquaseed.target_name('batch_growthsample', v_slice),
                                     aquaseed.target_name('batch_individualgrowthobservation', v_slice))
    || aquaseed._emit_harvest(p_batch_no, v_seed)
    -- Treatments point to journal entries and health samplings.
    || aquaseed._emit_lice_counts(p_batch_no, v_seed, aquaseed.target_name('health_licecount', v_slice))
    || aquaseed._emit_health_samples(p_batch_no, v_seed,
                                     aquaseed.target_name('health_individualfishobservation', v_slice),
                                     aquaseed.target_name('health_fishparameterscore', v_slice))
    || aquaseed._emit_journal(p_batch_no, v_seed)
    || aquaseed._emit_treatments(p_batch_no, v_seed)
    || aquaseed._emit_lab_samples(p_batch_no, v_seed)
    || aquaseed._emit_harvest_waste(p_batch_no, v_seed)
    || aquaseed._emit_harvest_facts(p_batch_no)
    || aquaseed._emit_transactions(p_batch_no, v_as_of, v_seed)
    || aquaseed._emit_scenarios(p_batch_no, v_seed, aquaseed.target_name('scenario_scenarioprojection', v_slice))
    || aquaseed._emit_activities(p_batch_no, v_seed)
    || aquaseed._emit_feeding_summaries(p_batch_no, v_seed)
    || aquaseed._emit_transition_water(p_batch_no, v_seed);
end
$$;

comment on function aquaseed.emit_batch(integer, integer) is
  'Stage emit for one batch: all its events before as_of. Returns rows per table.';
