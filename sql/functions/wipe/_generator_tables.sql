-- Tables of schema aquaseed that belong to a run or are loaded anew by the next one. Those that are left out are filled
-- by the migrations, or are somebody's: nothing else in the schema is emptied.
create or replace function aquaseed._generator_tables()
returns table (table_name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select c.relname::text
  from pg_catalog.pg_class c
  where c.relnamespace = 'aquaseed'::regnamespace and c.relkind in ('r', 'p')
    and c.relname = any (array[
      'area', 'assignment', 'assignment_day', 'check_result', 'container', 'feed_container', 'feed_cost',
      'feed_demand', 'feed_lot', 'feed_use', 'geography', 'grade', 'hall', 'incident', 'kept_row', 'lice_day',
      'life_stage', 'life_stage_geography', 'made_table', 'mortality_cause', 'mortality_shape', 'parameter',
      'pellet', 'person', 'planned_move', 'procedure', 'pulse', 'reading_hour', 'run', 'run_step', 'schedule_batch',
      'schedule_container', 'schedule_stay', 'sensor', 'setting', 'slice', 'temperature_season', 'transfer',
      'work_day'
    ])
  order by c.relname::text collate "C"
$$;

comment on function aquaseed._generator_tables() is 'Tables of schema aquaseed that wipe empties.';
