-- 53: names that more than one thing of a kind has, where people look things up by name: places, containers, sensors,
-- batches, workflows, scenarios. Names under a unique constraint are among them: a constraint may be gone. In
-- AquaMind's own database places are those of the configuration only: others may be called as their owners like.
create or replace function aquaseed.check_53_unique_names()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with place(table_name, kind, id, name) as (
    select 'infrastructure_geography', 'geography', x.id, x.name from public.infrastructure_geography x
    union all
    select 'infrastructure_freshwaterstation', 'station', x.id, x.name from public.infrastructure_freshwaterstation x
    union all
    select 'infrastructure_hall', 'hall', x.id, x.name from public.infrastructure_hall x
    union all
    select 'infrastructure_area', 'area', x.id, x.name from public.infrastructure_area x
    union all
    select 'infrastructure_container', 'container', x.id, x.name from public.infrastructure_container x
    union all
    select 'infrastructure_feedcontainer', 'feed container', x.id, x.name from public.infrastructure_feedcontainer x
    union all
    select 'infrastructure_sensor', 'sensor', x.id, x.name from public.infrastructure_sensor x
  ),
  named(kind, name) as (
    select p.kind, p.name from place p
    where not aquaseed.is_adopted()
      or (p.table_name, p.id) in (select m.table_name, m.id from aquaseed.master_row m)
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
