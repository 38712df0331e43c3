-- A query that gives the id of every row of a table of master data and its natural key (key, jsonb): an array of the
-- columns of _natural_keys, in which the key of the row that a column refers to stands for its id. Which table a column
-- refers to is known from the catalogue, but for the place of a site.
create or replace function aquaseed._natural_key_query(p_table text)
returns text language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key record;
  v_column record;
  v_columns text[] := '{}';
  v_joins text := '';
  v_alias text;
begin
  select k.id_column, k.key_columns into strict v_key from aquaseed._natural_keys() k where k.table_name = p_table;
  for v_column in
    select c.name, c.n, r.table_name as target, null::text as condition
    from unnest(v_key.key_columns) with ordinality c(name, n)
    left join aquaseed._named_references(p_table) r on r.column_name = c.name
    where p_table <> 'finance_dimsite' or c.name <> 'source_pk'
    union all
    select s.name, s.n, s.target, format('t.source_model = %L', s.model)
    from (values ('source_pk', 2, 'infrastructure_freshwaterstation', 'station'),
                 ('source_pk', 2, 'infrastructure_area', 'area')) s(name, n, target, model)
    where p_table = 'finance_dimsite'
    order by n, target
  loop
    if v_column.target is null then
      v_columns := v_columns || format('t.%I', v_column.name);
    else
      v_alias := format('k%s', cardinality(v_columns) + 1);
      v_columns := v_columns || (v_alias || '.key');
      v_joins := v_joins || format(' left join (%s) %s on %s.id = t.%I%s',
        aquaseed._natural_key_query(v_column.target), v_alias, v_alias, v_column.name, ' and ' || v_column.condition);
    end if;
  end loop;
  return format('select t.%I::bigint as id, jsonb_build_array(%s) as key from public.%I t%s', v_key.id_column,
                array_to_string(v_columns, ', '), p_table, v_joins);
end
$$;

comment on function aquaseed._natural_key_query(text) is
  'A query for the ids of a table of master data and the natural keys of its rows.';
