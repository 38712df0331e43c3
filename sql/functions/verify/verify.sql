-- Stage verify in one session: all checks, one after the other. The driver runs them side by side instead,
-- list_checks and run_check. In psql: select * from aquaseed.verify(1);
-- 20 s for 144 batches, 33 million readings, on 2 busy cores; 4 s for 14 (2026-11).
create or replace function aquaseed.verify(p_run_id integer)
returns setof aquaseed.check_report language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from aquaseed.check_result r where r.run_id = p_run_id;
  perform aquaseed.run_check(p_run_id, c.function_name) from aquaseed.list_checks() c;
  return query select r.* from aquaseed.check_report r where r.run_id = p_run_id order by r.line;
end
$$;

comment on function aquaseed.verify(integer) is
  'Run all checks on a run and return the report; FAIL in verdict means a failed one.';
