-- One unit of sealing the tables of a stage (aquaseed.generated_table.sealed_in): see _list_units for the phases.
create or replace function aquaseed.seal_unit(p_stage text, p_phase integer, p_table text, p_unit_no integer)
returns jsonb language plpgsql
set search_path = ''
as $$
begin
  if p_phase = 1 then
    return aquaseed.index_leaf(p_table, p_unit_no);
  elsif p_phase = 2 then
    perform aquaseed.reference_leaf(g.table_name, s.slice)
    from aquaseed.generated_table g cross join aquaseed.slice s
    where g.partitioned and g.sealed_in = p_stage
    order by g.table_name, s.slice;
  elsif p_phase = 20 then
    -- The leaves have statistics already; from PostgreSQL 18 on they need not be read again.
    execute format('analyze %s public.%I',
                   case when current_setting('server_version_num')::integer >= 180000 then 'only' end, p_table);
  elsif p_phase = 21 then
    perform aquaseed.set_sequences();
  elsif p_table is not null then
    perform aquaseed.validate_leaf(p_table, p_unit_no);
  else
    perform aquaseed.attach_leaf(g.table_name, s.slice)
    from aquaseed.generated_table g cross join aquaseed.slice s
    where g.partitioned and g.sealed_in = p_stage and aquaseed._partition_level(g.table_name) = p_unit_no
    order by g.table_name, s.slice;
    perform aquaseed.create_application_leaf(g.table_name)
    from aquaseed.generated_table g
    where g.partitioned and g.sealed_in = p_stage and aquaseed._partition_level(g.table_name) = p_unit_no
    order by g.table_name;
  end if;
  return '{}';
end
$$;

comment on function aquaseed.seal_unit(text, integer, text, integer) is
  'Seal the tables of a stage: index or validate one leaf, or declare, attach, set sequences for all. Returns rows per leaf.';
