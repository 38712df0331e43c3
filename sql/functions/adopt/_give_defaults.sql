-- Columns of AquaMind that we do not know and that have to have a value get it as a default for as long as a run fills
-- their tables (config/aquamind.yaml, aquaseed.column_value); p_given false takes the defaults away again. AquaMind's
-- migrations leave no default at any of them, and no other default is touched.
create or replace function aquaseed._give_defaults(p_given boolean)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
begin
  for v_column in
    select v.table_name, v.column_name, v.value, a.atthasdef
    from aquaseed.column_value v
    -- Master data is given its values row by row (_insert_missing).
    join aquaseed.generated_table g on g.table_name = v.table_name
    join pg_attribute a on a.attrelid = to_regclass(format('public.%I', v.table_name)) and a.attname = v.column_name
    order by v.table_name, v.column_name
  loop
    if p_given and not v_column.atthasdef then
      execute format('alter table public.%I alter column %I set default %L', v_column.table_name, v_column.column_name,
                     v_column.value #>> '{}');
    elsif not p_given and v_column.atthasdef then
      execute format('alter table public.%I alter column %I drop default', v_column.table_name, v_column.column_name);
    end if;
  end loop;
end
$$;

comment on function aquaseed._give_defaults(boolean) is
  'Give columns of AquaMind that we do not fill the defaults of config/aquamind.yaml, or take them away.';
