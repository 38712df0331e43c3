-- After all functions are loaded, since loading one again makes it an ordinary one. Who may call the entry points
-- stays as it was granted; nobody may by default.
create or replace function aquaseed.protect_entry_points()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry record;
begin
  for v_entry in select e.signature from aquaseed.list_entry_points() e loop
    execute format('alter function %s security definer', v_entry.signature);
    execute format('revoke execute on function %s from public', v_entry.signature);
  end loop;
end
$$;

comment on function aquaseed.protect_entry_points() is
  'Let the entry points run with the rights of the owner, and nobody call them without a grant.';
select aquaseed.protect_entry_points();
