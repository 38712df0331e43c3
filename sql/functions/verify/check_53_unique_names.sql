-- 53: names that more than one thing of a kind has, where people look things up by name: places, containers, sensors,
-- batches, workflows, scenarios. Names under a unique constraint are among them: a constraint may be gone.
create or replace function aquaseed.check_53_unique_names()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with named(kind, name) as (
    select 'geography', x.name from public.infrastructure_geography x
    union all select 'station', x.name from public.infrastructure_freshwaterstation x
    union all select 'hall', x.name from public.infrastructure_hall x
    union all select 'area', x.name from public.infrastructure_area x
    union all select 'container', x.name from public.infrastructure_container x
    union all select 'feed container', x.name from public.infrastructure_feedcontainer x
    union all select 'sensor', x.name from public.infrastructure_sensor x
    union all select 'batch', x.batch_number from public.batch_batch x
    union all select 'creation workflow', x.workflow_number from public.batch_creationworkflow x
    union all select 'transfer workflow', x.workflow_number from public.batch_batchtransferworkflow x
    union all select 'scenario', x.name from public.scenario x
  ),
  name as (
    select n.kind, n.name, count(*) as things from named n group by n.kind, n.name
  )
  select '53', count(*) filter (where n.things > 1),
         count(*) || ' names'
           || coalesce(', first one twice ' || min(n.kind || ' ' || n.name) filter (where n.things > 1), '')
  from name n
$$;

comment on function aquaseed.check_53_unique_names() is
  'Names that more than one place, sensor, batch, workflow or scenario has.';
