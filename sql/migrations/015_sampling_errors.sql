-- Checks of samples are judged with their sampling error: ranges are of the population, a farm is a sample of it.

alter table aquaseed.check_bound
  add column unit text,
  add column least integer not null default 0,
  add column standard_errors double precision not null default 0 check (standard_errors >= 0);
comment on column aquaseed.check_bound.unit is
  'What a sample of this metric consists of (batch, place-year ...); null: an exact statement, never widened.';
comment on column aquaseed.check_bound.least is 'Units from which on the metric is judged.';
comment on column aquaseed.check_bound.standard_errors is 'By how many standard errors the range is widened.';

alter table aquaseed.check_result
  add column standard_error double precision,
  add column units integer,
  add column unit text,
  add column judged_low double precision,
  add column judged_high double precision;
comment on column aquaseed.check_result.units is 'Independent units (unit) that the metric was measured on.';
comment on column aquaseed.check_result.judged_low is
  'low less the standard errors that config/checks.yaml allows; what measured was compared with. Null is open.';
comment on column aquaseed.check_result.judged_high is 'high plus the standard errors; null is open.';

create or replace view aquaseed.check_report as
select r.run_id, r.id, r.check_group, r.name, r.measured, r.low, r.high,
       case r.pass when true then 'pass' when false then 'FAIL' else 'n/a' end as verdict,
       r.detail, r.seconds,
       row_number() over (
         partition by r.run_id
         order by split_part(r.id, '.', 1)::integer, b.position nulls last, r.id collate "C"
       ) as line,
       r.standard_error, r.units, r.unit, r.judged_low, r.judged_high
from aquaseed.check_result r
left join aquaseed.check_bound b on b.id = r.id;

-- Checks of samples give more columns than before, which create or replace refuses. The functions are loaded anew.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid from pg_catalog.pg_proc p
    where p.pronamespace = 'aquaseed'::regnamespace and (p.proname ~ '^check_[0-9]{2}_' or p.proname = '_sea_months')
  loop
    execute format('drop function %s', v_function);
  end loop;
end
$$;
