-- Stage assimilate, one batch: its states into their leaf. A leaf that is a partition, or a plain table that has its
-- keys, already holds the states of an earlier time: those of the batch, or of the days in p_days, are replaced.
create or replace function aquaseed.assimilate_batch(
  p_run_id integer, p_batch_no integer, p_days daterange default null
)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table constant text := 'batch_actualdailyassignmentstate';
  v_first_id bigint := p_batch_no * aquaseed.id_block(v_table);
  v_next_id bigint := (p_batch_no + 1) * aquaseed.id_block(v_table);
  v_leaf text;
  v_rows bigint;
begin
  select aquaseed.target_name(v_table, b.slice) into strict v_leaf
  from aquaseed.schedule_batch b where b.batch_no = p_batch_no;
  if (select c.relispartition or c.relhasindex from pg_catalog.pg_class c
      where c.oid = format('public.%I', v_leaf)::regclass) then
    execute format('delete from public.%I s where s.id >= $1 and s.id < $2 and ($3 is null or s.date <@ $3)', v_leaf)
    using v_first_id, v_next_id, p_days;
  end if;
  execute format(
    'insert into public.%I
       (id, date, day_number, avg_weight_g, population, biomass_kg, temp_c, mortality_count, feed_kg, observed_fcr,
        anchor_type, sources, confidence_scores, last_computed_at, assignment_id, batch_id, container_id,
        lifecycle_stage_id, planned_activity_id)
     select s.* from aquaseed._daily_states($1, $2, $3) s', v_leaf)
  using p_run_id, p_batch_no, p_days;
  get diagnostics v_rows = row_count;
  if p_days is not null then
    execute format('select count(*) from public.%I s where s.id >= $1 and s.id < $2', v_leaf)
    into v_rows using v_first_id, v_next_id;
  end if;
  return jsonb_build_object(v_table, v_rows);
end
$$;

comment on function aquaseed.assimilate_batch(integer, integer, daterange) is
  'Stage assimilate for one batch: batch_actualdailyassignmentstate, all days or those of a range. '
  'Returns the states that the batch has.';
