-- Stage verify: what each metric must be (config/checks.yaml) and what was measured.

create table aquaseed.check_bound (
  id text primary key check (id ~ '^[1-9][0-9]?([.][a-z][a-z0-9_]*)?$'),
  position smallint not null,
  check_group text not null
    check (check_group in ('volume', 'integrity', 'mass_balance', 'conflicts', 'growth', 'realism', 'utilisation')),
  name text not null,
  low double precision,
  high double precision,
  check (low <= high)
);
comment on table aquaseed.check_bound is
  'config/checks.yaml: the range of each metric, both ends allowed, null = open. The number before the dot is that of the check: 5.fry is measured by check_05_...';

create table aquaseed.check_result (
  run_id integer not null references aquaseed.run on delete cascade,
  id text not null,
  check_group text not null,
  name text not null,
  measured double precision,
  low double precision,
  high double precision,
  pass boolean,
  detail text not null,
  seconds double precision not null,
  primary key (run_id, id)
);
comment on table aquaseed.check_result is
  'The last verification of a run. pass is null where there was not enough data (or no range) to judge: neither passed nor failed. seconds is the time of the whole check, the same on all its metrics.';

create view aquaseed.check_report as
select r.run_id, r.id, r.check_group, r.name, r.measured, r.low, r.high,
       case r.pass when true then 'pass' when false then 'FAIL' else 'n/a' end as verdict,
       r.detail, r.seconds,
       row_number() over (
         partition by r.run_id
         order by split_part(r.id, '.', 1)::integer, b.position nulls last, r.id collate "C"
       ) as line
from aquaseed.check_result r
left join aquaseed.check_bound b on b.id = r.id;
comment on view aquaseed.check_report is
  'The last verification of each run for reading: order by run_id, line.';
