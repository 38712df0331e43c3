-- 6: survival at sea in the Faroe Islands less that in Scotland, in percentage points: 1 - dead / fish that came to
-- sea per completed batch, mean per geography.
create or replace function aquaseed.check_06_adult_survival()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select f.geography, 100 * (1 - sum(f.dead)::double precision / nullif(sum(f.fish_in), 0)) as survival
    from aquaseed._assignment_flows() f
    where f.is_completed and f.life_stage_no = (select max(l."order") from public.batch_lifecyclestage l)
    group by f.batch_id, f.geography
  ),
  geography as (
    select avg(b.survival) filter (where b.geography = 'Faroe Islands') as faroe,
           avg(b.survival) filter (where b.geography = 'Scotland') as scotland,
           var_samp(b.survival) filter (where b.geography = 'Faroe Islands') as faroe_variance,
           var_samp(b.survival) filter (where b.geography = 'Scotland') as scotland_variance,
           count(*) filter (where b.geography = 'Faroe Islands') as faroe_batches,
           count(*) filter (where b.geography = 'Scotland') as scotland_batches
    from batch b
  )
  select '6', g.faroe - g.scotland,
         case when least(g.faroe_batches, g.scotland_batches) = 0 then 'no completed batch in a geography'
              else format('Faroe Islands %s %% of %s batches, Scotland %s %% of %s',
                          round(g.faroe::numeric, 2), g.faroe_batches,
                          round(g.scotland::numeric, 2), g.scotland_batches) end,
         sqrt(g.faroe_variance / g.faroe_batches + g.scotland_variance / g.scotland_batches),
         least(g.faroe_batches, g.scotland_batches)::integer
  from geography g
$$;

comment on function aquaseed.check_06_adult_survival() is
  'Survival at sea, Faroe Islands less Scotland, percentage points.';
