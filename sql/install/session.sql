-- Brings a session to a known state, whatever the database, the role, the URL or ~/.psqlrc set: the same seed gives the
-- same rows. Works in any database, before anything is installed; every script for psql and every connection of the
-- driver begins with it.
-- What one of those set goes back to what PostgreSQL sets itself, but for what a DBA rightly chooses for a role or a
-- database: memory and tablespaces, logging, the network, and who one is. What the configuration file of the server
-- says stays, but for the settings at the end, which decide how text, numbers and dates read or when work is ended.
-- First what may end the rest.
set statement_timeout = 0;
set lock_timeout = 0;
do $$
declare
  v_setting record;
begin
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
  perform set_config('transaction_timeout', '0', false) where current_setting('transaction_timeout', true) is not null;
  -- Older servers are refused elsewhere, with a reason.
  if current_setting('server_version_num')::integer < 150000 then
    return;
  end if;
  for v_setting in
    select s.name, case s.name when 'max_stack_depth' then '2MB' else s.boot_val end as value
    from pg_settings s
    where (s.context = 'user' or s.context = 'superuser' and has_parameter_privilege(s.name, 'set'))
      and s.source in ('global', 'database', 'user', 'database user', 'client', 'session')
      and s.boot_val is not null and s.setting is distinct from s.boot_val
      and s.name not in ('search_path', 'client_encoding', 'lc_messages', 'application_name', 'work_mem',
                         'maintenance_work_mem', 'hash_mem_multiplier', 'logical_decoding_work_mem', 'temp_buffers',
                         'temp_file_limit', 'temp_tablespaces', 'default_tablespace',
                         'client_connection_check_interval', 'password_encryption',
                         -- Loaded when the session began, or of the transaction that is open.
                         'local_preload_libraries', 'session_preload_libraries', 'dynamic_library_path',
                         'transaction_isolation', 'transaction_read_only', 'transaction_deferrable')
      and s.name !~ '^(log|tcp|ssl|track|update_process|krb|gss)_'
  loop
    perform set_config(v_setting.name, v_setting.value, false);
  end loop;
  perform set_config(s.name, s.value, false)
  from (values
    ('client_encoding', 'UTF8'), ('standard_conforming_strings', 'on'), ('array_nulls', 'on'),
    ('transform_null_equals', 'off'),
    ('quote_all_identifiers', 'off'), ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('datestyle', 'ISO, MDY'),
    ('intervalstyle', 'postgres'), ('timezone', 'UTC'), ('lc_monetary', 'C'), ('lc_numeric', 'C'), ('lc_time', 'C'),
    ('xmlbinary', 'base64'), ('xmloption', 'content'), ('default_text_search_config', 'pg_catalog.simple'),
    ('client_min_messages', 'warning'), ('check_function_bodies', 'on'), ('row_security', 'on'),
    ('exit_on_error', 'off'),
    ('default_table_access_method', 'heap'), ('plan_cache_mode', 'auto'), ('jit', 'off'),
    ('default_transaction_isolation', 'read committed'), ('default_transaction_read_only', 'off'),
    ('default_transaction_deferrable', 'off'),
    -- A session waits idle between two units, and workers wait for each other's.
    ('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0'),
    -- A crash of the server may lose the last commits, which are then made again.
    ('synchronous_commit', 'off')
  ) s(name, value)
  where current_setting(s.name, true) is not null;
  if has_parameter_privilege('lc_messages', 'set') then
    perform set_config('lc_messages', 'C', false);
  end if;
end
$$;
