-- 45.density: highest biomass of a ring in kg per m3, over the rings of completed batches, as recorded with the meals.
-- 45.capacity: highest biomass of any container / its max_biomass_kg. The 99th percentile over rings and containers:
-- the fullest of a thousand is one in a thousand. All feeding events are read. Volumes and limits are those of the
-- configuration, which the plan goes by: in AquaMind's own database a place may have others. How many fish come into a
-- container is the plan's doing (eggs, containers), which says so where it is too many: where it is not the usual
-- 300,000 to 380,000 eggs a tank, or 3.0 to 3.8 a m3 of a ring (3.0 to 3.8 million eggs in 10 tanks and 10 rings of
-- 100,000 m3), what a container holds counts as if the batch had 10 of them, and the nearest number of eggs. Not as if
-- each had the most: the highest of 550 such batches is above the highest of usual ones. A container fills up with the
-- growth of a stage, so capacity needs one that was emptied.
create or replace function aquaseed.check_45_density()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with peak as (
    select c.id, c.name, c.area_id is not null and bool_or(b.status = 'COMPLETED') as is_full_ring,
           bool_or(not a.is_active) as is_emptied, max(e.kg * p.factor) / nullif(k.volume_m3, 0) as density,
           max(e.kg * p.factor) / nullif(k.max_biomass_kg, 0) as capacity
    from (
      select x.batch_assignment_id, max(x.batch_biomass_kg) as kg from public.inventory_feedingevent x group by 1
    ) e
    join public.batch_batchcontainerassignment a on a.id = e.batch_assignment_id
    join public.batch_batch b on b.id = a.batch_id
    join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id
    join public.infrastructure_container c on c.id = a.container_id
    join aquaseed.container k on k.container_id = c.id
    join aquaseed.schedule_batch x on x.batch_no = a.batch_id
    join (
      select y.batch_no, y.life_stage_no, count(*) as containers from aquaseed.schedule_container y group by 1, 2
    ) n on n.batch_no = a.batch_id and n.life_stage_no = l."order"
    cross join lateral (
      select x.eggs::double precision / n.containers
               * case when c.area_id is not null then 100000 / k.volume_m3 else 1 end
        as eggs
    ) q
    cross join lateral (
      select case when q.eggs between 300000 and 380000 then 1
                  else least(380000, greatest(300000, x.eggs / 10.0)) / q.eggs end as factor
    ) p
    group by c.id, k.container_id
  )
  select '45.density',
         (percentile_cont(0.99) within group (order by p.density) filter (where p.is_full_ring))::double precision,
         case when count(*) filter (where p.is_full_ring) = 0 then 'no completed batch'
              else count(*) filter (where p.is_full_ring) || ' rings, densest '
                || round(max(p.density) filter (where p.is_full_ring)::numeric, 1) || ' '
                || (array_agg(p.name order by p.density desc, p.name) filter (where p.is_full_ring))[1] end
  from peak p
  union all
  select '45.capacity',
         case when bool_or(p.is_emptied)
           then (percentile_cont(0.99) within group (order by p.capacity))::double precision end,
         case when bool_or(p.is_emptied) is not true then 'no container of fed fish was emptied yet'
              else count(p.capacity) || ' containers, fullest ' || round(max(p.capacity)::numeric, 3) || ' '
                || (array_agg(p.name order by p.capacity desc nulls last, p.name))[1] end
  from peak p
$$;

comment on function aquaseed.check_45_density() is
  'Density of rings, kg/m3, and biomass / max_biomass_kg of containers at their peak, 99th percentile.';
