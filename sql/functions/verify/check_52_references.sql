-- 52: rows without the references that AquaMind allows to be null but a complete farm always has.
-- 52.readings: readings without assignment or without container: all rows, by index.
-- 52.sensors: readings of the sample without batch or sensor, or whose batch or container is not that of the
--   assignment: 2 % of the pages of the table (fixed seed), since no index holds them.
-- 52.feeding, 52.mortality: events without assignment; all rows.
-- 52.lice: lice counts without container, assignment or lice type, or whose batch or container is not that of the
--   assignment; 52.treatments: the same of treatments, vaccinations without vaccine included.
-- 52.samples: growth, health and laboratory samples on a day when their assignment had no fish.
create or replace function aquaseed.check_52_references()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '52.readings',
         (select count(*) from public.environmental_environmentalreading e
          where e.batch_container_assignment_id is null)
           + (select count(*) from public.environmental_environmentalreading e where e.container_id is null),
         'all readings'
  union all
  select '52.sensors',
         count(*) filter (where e.batch_id is null or e.sensor_id is null
                            or a.batch_id is distinct from e.batch_id
                            or a.container_id is distinct from e.container_id),
         count(*) || ' readings'
  from public.environmental_environmentalreading e tablesample system (2) repeatable (0)
  left join public.batch_batchcontainerassignment a on a.id = e.batch_container_assignment_id
  union all
  select '52.feeding', count(*) filter (where e.batch_assignment_id is null or e.feed_cost is null),
         count(*) || ' feeding events'
  from public.inventory_feedingevent e
  union all
  select '52.mortality', count(*) filter (where e.assignment_id is null), count(*) || ' mortality events'
  from public.batch_mortalityevent e
  union all
  select '52.lice',
         case when count(*) > 0
                then count(*) filter (where e.lice_type_id is null or e.container_id is null or e.assignment_id is null
           or a.batch_id <> e.batch_id or a.container_id <> e.container_id) end,
         case when count(*) > 0 then count(*) || ' lice counts' else 'no lice counts' end
  from public.health_licecount e
  left join public.batch_batchcontainerassignment a on a.id = e.assignment_id
  union all
  select '52.treatments',
         case when count(*) > 0 then count(*) filter (where e.container_id is null or e.batch_assignment_id is null
           or e.treatment_type = 'vaccination' and e.vaccination_type_id is null
           or a.batch_id <> e.batch_id or a.container_id <> e.container_id) end,
         case when count(*) > 0 then count(*) || ' treatments' else 'no treatments' end
  from public.health_treatment e
  left join public.batch_batchcontainerassignment a on a.id = e.batch_assignment_id
  union all
  select '52.samples', count(*) filter (where e.on_date < a.assignment_date or e.on_date > a.departure_date),
         count(*) || ' samples'
  from (
    select x.assignment_id, x.sample_date as on_date from public.batch_growthsample x
    union all
    select x.assignment_id, x.sampling_date from public.health_healthsamplingevent x
    union all
    select x.batch_container_assignment_id, x.sample_date from public.health_healthlabsample x
  ) e
  join public.batch_batchcontainerassignment a on a.id = e.assignment_id
$$;

comment on function aquaseed.check_52_references() is
  'Readings, events, lice counts, treatments and samples without or with wrong references.';
