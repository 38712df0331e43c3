-- The rows of schema public that neither the run nor the configuration made, by table: what a new database would not
-- have. Tables that the run filled are judged by list_made_tables, all others by what load_configuration noted.
-- Writes nothing.
create or replace function aquaseed.list_strangers()
returns table (table_name text, strangers bigint) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id integer := (select r.run_id from aquaseed.run r);
  v_seen text[] := array(select g.table_name from aquaseed.generated_rows(v_run_id) g);
begin
  if v_run_id is not null then
    for table_name, strangers in
      select m.table_name, m.strangers from aquaseed.list_made_tables(v_run_id) m where m.strangers > 0
        -- Objects of others are listed by those who ask for objects.
        and m.rows_found > 0
    loop
      v_seen := v_seen || table_name;
      return next;
    end loop;
  end if;
  return query
    select c.table_name, o.rows
    from aquaseed.checksum_tables() c
    cross join lateral (select count(*) as rows from aquaseed._list_unloaded_rows(c.table_name)) o
    where c.table_name <> all (v_seen) and o.rows > 0;
end
$$;

comment on function aquaseed.list_strangers() is
  'Rows of schema public that neither the run nor the configuration made, by table.';
