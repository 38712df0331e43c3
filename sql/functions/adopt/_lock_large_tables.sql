-- Nobody writes to the large tables from here to the end of the transaction. Refuses (AQ006) when one has rows by now,
-- and (AQ007) when others keep it from the locks for ten seconds.
create or replace function aquaseed._lock_large_tables()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lock_timeout text := current_setting('lock_timeout');
  v_table text;
  v_has_rows boolean;
begin
  perform set_config('lock_timeout', '10s', true);
  for v_table in select l.table_name from aquaseed._large_tables() l loop
    execute format('lock table public.%I in access exclusive mode', v_table);
    execute format('select exists (select from public.%I)', v_table) into v_has_rows;
    if v_has_rows then
      raise exception 'table % holds rows: nothing was changed', v_table using errcode = 'AQ006';
    end if;
  end loop;
  perform set_config('lock_timeout', v_lock_timeout, true);
exception when lock_not_available then
  raise exception 'other sessions are using the large tables: nothing was changed' using errcode = 'AQ007',
    hint = 'Try again when they have ended: select * from pg_stat_activity;';
end
$$;

comment on function aquaseed._lock_large_tables() is 'Lock the large tables, which must be empty.';
