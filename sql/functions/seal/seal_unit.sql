-- One unit of sealing the tables of a stage (aquaseed.generated_table.sealed_in): see _list_units for the phases.
create or replace function aquaseed.seal_unit(p_stage text, p_phase integer, p_table text, p_unit_no integer)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text;
begin
  if p_table = 'aquaseed.adopted_key' then
    perform aquaseed._build_key(p_stage, p_phase, p_unit_no);
  elsif p_phase = 1 then
    perform aquaseed.index_leaf(p_table, p_unit_no);
    perform aquaseed.reference_leaf(p_table, p_unit_no);
  elsif p_phase = 20 and p_table is not null then
    -- The leaves have statistics already; from PostgreSQL 18 on they need not be read again.
    execute format('analyze %s public.%I (%s)',
                   case when current_setting('server_version_num')::integer >= 180000 then 'only' end, p_table,
                   aquaseed._analyzed_columns(p_table));
  elsif p_phase = 20 then
    perform aquaseed.set_sequences();
  elsif p_table is not null then
    perform aquaseed.validate_leaf(p_table, p_unit_no);
  else
    for v_table in
      select g.table_name
      from aquaseed.generated_table g
      cross join lateral aquaseed._seal_phases(g.table_name) a
      where g.partitioned and g.sealed_in = p_stage and a.attach = p_phase
      order by g.table_name
    loop
      perform aquaseed.attach_leaf(v_table, s.slice)
      from aquaseed.slice s
      join pg_catalog.pg_class c
        on c.relnamespace = 'public'::regnamespace and c.relname = aquaseed.leaf_name(v_table, s.slice)
          and not c.relispartition
      order by s.slice;
      perform aquaseed.create_application_leaf(v_table);
    end loop;
  end if;
  return '{}';
end
$$;

comment on function aquaseed.seal_unit(text, integer, text, integer) is
  'Seal the tables of a stage: index or validate one leaf, or attach, gather statistics, set sequences. Makes no '
  'rows.';
