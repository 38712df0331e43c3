-- Every batch that has rows, with what became of its fish, from AquaMind's records alone (_assignment_flows).
-- weight_g: mean live weight of what was harvested; of a batch without harvest that of its last daily state.
create or replace function aquaseed.report_batches()
returns table (
  batch_no integer, batch text, geography text, status text, stage text, start_date date, end_date date,
  eggs bigint, alive bigint, dead bigint, harvested bigint, harvested_kg double precision, weight_g double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select b.id::integer, b.batch_number::text, f.geography, b.status::text, l.name::text, b.start_date,
         b.actual_end_date,
         f.eggs, f.alive, f.dead, f.harvested, f.harvested_kg,
         case when f.harvested > 0 then 1000 * f.harvested_kg / f.harvested else w.weight_g end
  from public.batch_batch b
  join public.batch_lifecyclestage l on l.id = b.lifecycle_stage_id
  join (
    select x.batch_id, min(x.geography) as geography,
           (sum(x.fish_in) filter (where x.life_stage_no = 1))::bigint as eggs,
           sum(x.alive)::bigint as alive, sum(x.dead)::bigint as dead, sum(x.harvested)::bigint as harvested,
           sum(x.harvested_kg) as harvested_kg
    from aquaseed._assignment_flows() x
    group by x.batch_id
  ) f on f.batch_id = b.id
  left join lateral (
    select (1000 * sum(s.biomass_kg) / nullif(sum(s.population), 0))::double precision as weight_g
    from public.batch_actualdailyassignmentstate s
    where s.batch_id = b.id and s.date = (select r.as_of - 1 from aquaseed.run r)
  ) w on true
  order by b.id
$$;

comment on function aquaseed.report_batches() is
  'Report: every batch with eggs received, fish alive, dead and harvested, kg harvested and mean weight (g).';
