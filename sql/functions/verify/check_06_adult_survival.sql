-- 6: survival at sea in the Faroe Islands less that in Scotland, in percentage points: 1 - dead / fish that came to
-- sea per completed batch, mean per geography. Batches differ by half a point among themselves, so from 20 of each on.
create or replace function aquaseed.check_06_adult_survival()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select f.geography, 100 * (1 - sum(f.dead)::double precision / nullif(sum(f.fish_in), 0)) as survival
    from aquaseed._assignment_flows() f
    where f.is_completed and f.stage_order = (select max(l."order") from public.batch_lifecyclestage l)
    group by f.batch_id, f.geography
  ),
  geography as (
    select avg(b.survival) filter (where b.geography = 'Faroe Islands') as faroe,
           avg(b.survival) filter (where b.geography = 'Scotland') as scotland,
           count(*) filter (where b.geography = 'Faroe Islands') as faroe_batches,
           count(*) filter (where b.geography = 'Scotland') as scotland_batches
    from batch b
  )
  select '6', case when least(g.faroe_batches, g.scotland_batches) >= 20 then g.faroe - g.scotland end,
         case when least(g.faroe_batches, g.scotland_batches) < 20 then 'fewer than 20 completed batches in a geography'
              else format('Faroe Islands %s %% of %s batches, Scotland %s %% of %s', round(g.faroe::numeric, 2), g.faroe_batches,
                          round(g.scotland::numeric, 2), g.scotland_batches) end
  from geography g
$$;

comment on function aquaseed.check_06_adult_survival() is 'Survival at sea, Faroe Islands less Scotland, percentage points.';
