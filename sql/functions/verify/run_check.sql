-- Runs one check, compares what it measured with the ranges and writes its rows of aquaseed.check_result,
-- replacing those of an earlier verification. Several sessions may run different checks at once.
-- A metric passes when low <= measured <= high; one of a sample, when it does within its sampling error (_judge).
-- It is neither passed nor failed (pass null, printed n/a) when measured is null or its sample is too small (the
-- detail says what is missing), when the check gave no row for it, or when config/checks.yaml has no range for it.
-- A check that ends in an error fails all its metrics.
-- A check gives (id, measured, detail), and where it measures samples also (standard_error, units).
create or replace function aquaseed.run_check(p_run_id integer, p_function text)
returns setof aquaseed.check_result language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_number integer := (select c.number from aquaseed.list_checks() c where c.function_name = p_function);
  v_started timestamptz := clock_timestamp();
  v_seconds double precision;
begin
  if v_number is null then
    raise exception 'there is no check %', p_function using errcode = 'AQ005',
      hint = 'select * from aquaseed.list_checks() shows the checks.';
  end if;
  delete from aquaseed.check_result r
  where r.run_id = p_run_id and split_part(r.id, '.', 1) = v_number::text;
  begin
    execute format($insert$
      insert into aquaseed.check_result (run_id, id, check_group, name, measured, low, high, pass, detail, seconds,
        standard_error, units, unit, judged_low, judged_high)
      select $1, coalesce(c.id, (b.bound).id), coalesce((b.bound).check_group, 'none'), coalesce((b.bound).name, c.id),
             c.measured, (b.bound).low, (b.bound).high, j.pass,
             concat_ws('; ', case when c.id is null then 'not measured' else j.missing end, coalesce(c.detail, '')), 0,
             c.standard_error, c.units, (b.bound).unit, j.judged_low, j.judged_high
      from (
        select m.id, m.measured, m.detail, (to_jsonb(m) ->> 'standard_error')::double precision as standard_error,
               (to_jsonb(m) ->> 'units')::integer as units
        from aquaseed.%I() m
      ) c
      full join (select x as bound, x.id from aquaseed.check_bound x where split_part(x.id, '.', 1) = $2) b
        on b.id = c.id
      cross join lateral aquaseed._judge(c.measured, c.standard_error, c.units, b.bound) j
    $insert$, p_function)
    using p_run_id, v_number::text;
  exception when others then
    insert into aquaseed.check_result (run_id, id, check_group, name, low, high, pass, detail, seconds)
    select p_run_id, coalesce(b.id, v_number::text), coalesce(b.check_group, 'none'), coalesce(b.name, p_function),
           b.low, b.high, false, 'error ' || sqlstate || ': ' || sqlerrm, 0
    from (values (1)) x(one)
    left join aquaseed.check_bound b on split_part(b.id, '.', 1) = v_number::text;
  end;
  v_seconds := extract(epoch from clock_timestamp() - v_started);
  return query
    update aquaseed.check_result r set seconds = v_seconds
    where r.run_id = p_run_id and split_part(r.id, '.', 1) = v_number::text
    returning r.*;
end
$$;

comment on function aquaseed.run_check(integer, text) is
  'Run one check, judge it by config/checks.yaml and write its rows of aquaseed.check_result, which it returns.';
