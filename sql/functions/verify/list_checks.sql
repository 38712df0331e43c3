-- A check is any function aquaseed.check_NN_<name>() that returns (id, measured, detail) and, where it
-- measures samples, (standard_error, units); NN is the number in
-- docs/realism.md and config/checks.yaml, 1 to 47, or from 51 (integrity, conflicts, volume, states, utilisation).
-- To add one: its file here and its metrics in config/checks.yaml.
create or replace function aquaseed.list_checks()
returns table (function_name text, number integer, description text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.proname::text, substring(p.proname, 7, 2)::integer, obj_description(p.oid, 'pg_proc')
  from pg_catalog.pg_proc p
  where p.pronamespace = 'aquaseed'::regnamespace and p.pronargs = 0 and p.proname ~ '^check_[0-9]{2}_'
  order by p.proname collate "C"
$$;

comment on function aquaseed.list_checks() is 'The checks of stage verify, in order.';
