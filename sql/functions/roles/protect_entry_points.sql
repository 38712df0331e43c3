-- Called after all functions are loaded, since loading one again makes it an ordinary one, and a new one is
-- everybody's. Who may call what stays as it was granted; nobody may by default, but ask what is lacking.
-- What decides rows and digests does not depend on how the session of the caller reads and writes text, numbers and
-- dates, nor on what it lets a name or an operator mean (sql/install/session.sql has the same for a whole session).
create or replace function aquaseed.protect_entry_points()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry record;
begin
  for v_entry in select e.signature from aquaseed.list_entry_points() e loop
    execute format('alter function %s security definer', v_entry.signature);
  end loop;
  for v_entry in
    select f.signature, s.name, s.value
    from aquaseed.list_functions() f
    cross join (values
      ('standard_conforming_strings', 'on'), ('array_nulls', 'on'), ('transform_null_equals', 'off'),
      ('quote_all_identifiers', 'off'), ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('datestyle', 'ISO, MDY'),
      ('intervalstyle', 'postgres'), ('timezone', 'UTC'), ('lc_monetary', 'C'), ('lc_numeric', 'C'), ('lc_time', 'C'),
      ('xmlbinary', 'base64'), ('xmloption', 'content'), ('default_text_search_config', 'pg_catalog.simple'),
      ('default_table_access_method', 'heap'), ('row_security', 'on'), ('plan_cache_mode', 'auto'),
      ('plpgsql.extra_errors', 'none'), ('plpgsql.extra_warnings', 'none')
    ) s(name, value)
    where f.use = 'generate'
      or f.signature ~ '^aquaseed[.](load_configuration|load_check_bounds|_work_once|wipe|reopen_assimilation)[(]'
  loop
    execute format('alter function %s set %s = %L', v_entry.signature, v_entry.name, v_entry.value);
  end loop;
  execute (
    select format('revoke execute on routine %s from public', string_agg(f.signature, ', '))
    from aquaseed.list_functions() f
    where f.use <> 'ask'
  );
end
$$;

comment on function aquaseed.protect_entry_points() is
  'Let the entry points run with the rights of the owner, and nobody call any function without a grant.';
