-- Delousings and vaccinations of every batch per day: how many rings or tanks, and the method or the vaccine.
create or replace function aquaseed.report_treatments()
returns table (batch_no integer, on_date date, kind text, method text, containers integer)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select d.batch_id::integer, d.on_date, 'delousing', d.method, count(*)::integer
  from aquaseed._delousings() d
  group by 1, 2, 4
  union all
  select t.batch_id::integer, (t.treatment_date at time zone 'UTC')::date, 'vaccination', v.name::text,
         count(*)::integer
  from public.health_treatment t
  join public.health_vaccinationtype v on v.id = t.vaccination_type_id
  where t.treatment_type = 'vaccination'
  group by 1, 2, 4
  order by 1, 2, 3, 4
$$;

comment on function aquaseed.report_treatments() is
  'Report: delousings and vaccinations per batch and day, with method and containers.';
