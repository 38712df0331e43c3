-- What of others depends on the tables that a run fills. The catalogue is asked, not a list of kinds. rows: of tables
-- whose rows refer to ours or come with them; null for other objects.
create or replace function aquaseed._list_dependents()
returns table (name text, rows bigint) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query select o.name, null::bigint from aquaseed._list_dependent_objects() o;
  return query select t.name, t.rows from aquaseed._list_dependent_tables() t;
  return query select w.name, null::bigint from aquaseed._list_watchers() w;
end
$$;

comment on function aquaseed._list_dependents() is
  'What of others depends on the tables that a run fills: objects (rows null) and tables with rows that refer to ours.';
