-- After all functions are loaded, since loading one again makes it an ordinary one, and a new one is everybody's. Who
-- may call what stays as it was granted; nobody may by default, but ask what is lacking.
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
  execute (
    select format('revoke execute on routine %s from public', string_agg(f.signature, ', '))
    from aquaseed.list_functions() f
    where f.use <> 'ask'
  );
end
$$;

comment on function aquaseed.protect_entry_points() is
  'Let the entry points run with the rights of the owner, and nobody call any function without a grant.';
select aquaseed.protect_entry_points();
