-- What tells how a batch stands at its end of history (generated_table.is_state), whole: rows that a later end changes.
create or replace function aquaseed._emit_states(p_batch_no integer, p_as_of date, p_seed bigint, p_slice integer)
returns jsonb language sql
set search_path = pg_catalog, pg_temp
as $$
  select aquaseed._emit_batch(p_batch_no, p_seed)
    || aquaseed._emit_assignments(p_batch_no, p_seed)
    || aquaseed._emit_transfers(p_batch_no, p_seed)
    || aquaseed._emit_harvest(p_batch_no, p_seed)
    -- Treatments point to journal entries.
    || aquaseed._emit_journal(p_batch_no, p_seed)
    || aquaseed._emit_treatments(p_batch_no, p_seed)
    || aquaseed._emit_lab_samples(p_batch_no, p_seed)
    || aquaseed._emit_harvest_waste(p_batch_no, p_seed)
    || aquaseed._emit_harvest_facts(p_batch_no)
    || aquaseed._emit_transactions(p_batch_no, p_as_of, p_seed)
    || aquaseed._emit_scenarios(p_batch_no, p_seed, aquaseed.target_name('scenario_scenarioprojection', p_slice))
    || aquaseed._emit_activities(p_batch_no, p_seed)
    || aquaseed._emit_feeding_summaries(p_batch_no, p_seed)
    || aquaseed._emit_transition_water(p_batch_no, p_seed)
$$;

comment on function aquaseed._emit_states(integer, date, bigint, integer) is
  'State rows of one batch as they stand before a day. Returns rows per table.';
