-- What a unit of the ledger means.
create or replace function aquaseed._run_unit(p_step aquaseed.run_step)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_step.stage
    when 'simulate' then
      if p_step.phase = 0 then
        return aquaseed.simulate_batch(p_step.run_id, p_step.unit_no::integer);
      end if;
      analyze aquaseed.assignment_day;
      analyze aquaseed.assignment;
      analyze aquaseed.transfer;
      analyze aquaseed.feed_demand;
    when 'settle' then
      if p_step.phase = 0 then
        return aquaseed.settle_feed_container(p_step.run_id, p_step.unit_no);
      end if;
      analyze aquaseed.feed_lot;
      analyze aquaseed.feed_use;
      analyze aquaseed.feed_cost;
    when 'emit' then
      if p_step.phase = 0 then
        return aquaseed.emit_batch(p_step.run_id, p_step.unit_no::integer);
      end if;
      return aquaseed.emit_weather(p_step.run_id, p_step.unit_no);
    when 'seal' then
      return aquaseed.seal_unit(p_step.stage, p_step.phase, p_step.target, p_step.unit_no::integer);
    when 'assimilate' then
      if p_step.phase = 0 then
        return aquaseed.assimilate_batch(p_step.run_id, p_step.unit_no::integer, p_step.target::daterange);
      end if;
      return aquaseed.seal_unit(p_step.stage, p_step.phase, p_step.target, p_step.unit_no::integer);
  end case;
  return '{}';
end
$$;

comment on function aquaseed._run_unit(aquaseed.run_step) is
  'Do the work of one unit of the ledger. Returns rows per table.';
