-- Lets a role generate, verify and read, and nothing else: it can neither change the schema nor wipe. For the owner
-- of the schema; repeat it after an upgrade that brought new tables.
create or replace function aquaseed.grant_run(p_role text)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_command text;
  v_grants integer := 0;
begin
  for v_command in select g.command from aquaseed.list_run_grants(p_role) g where not g.granted loop
    execute v_command;
    v_grants := v_grants + 1;
  end loop;
  return v_grants;
end
$$;

comment on function aquaseed.grant_run(text) is
  'Grant a role what it needs to generate into this database. Returns the number of grants that were missing.';
