-- Looks at the first rows of a full leaf only; whether it holds for all of them is for the CHECKs to say. They are
-- dropped again by validate_leaf.
create or replace function aquaseed._empty_references(p_leaf text, p_parent regclass)
returns text language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column record;
  v_is_empty boolean;
  v_checks text := '';
begin
  for v_column in
    select a.attname
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.conrelid = p_parent and c.contype = 'f' and c.conparentid = 0 and cardinality(c.conkey) = 1
      and not a.attnotnull
    order by a.attname
  loop
    execute format('select bool_and(x.value is null) from (select y.%I as value from public.%I y limit 1000) x',
                   v_column.attname, p_leaf)
    into v_is_empty;
    if v_is_empty then
      v_checks := v_checks
        || format(', add constraint %I check (%I is null)', '_empty_' || v_column.attname, v_column.attname);
    end if;
  end loop;
  return v_checks;
end
$$;

comment on function aquaseed._empty_references(text, regclass) is
  'Clauses of ALTER TABLE that add a CHECK for every reference column that seems to be null in all rows of a leaf.';
