-- Feed, growth and feed conversion by calendar month, of every container that is fed and of the batch. A month is
-- summed up when it is over, or when the container's (the batch's) last day has come, so rows never change.
-- Growth is what the biomass gained, with what was harvested or moved away; the dead are lost growth. Feed is a
-- multiple of 10 g, so the sums are those of the meals exactly.
create or replace function aquaseed._emit_feeding_summaries(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_container_block bigint := aquaseed.id_block('inventory_containerfeedingsummary');
  v_batch_block bigint := aquaseed.id_block('inventory_batchfeedingsummary');
  v_enough aquaseed.feeding_summary := aquaseed.settings('biology.feeding.summary', null::aquaseed.feeding_summary);
  v_containers bigint;
  v_batches bigint;
begin
  with round as materialized (
    select r.life_stage_no, r.day, r.entry_day from aquaseed._growth_rounds(p_batch_no, p_seed) r
  ),
  day as (
    select d.*, m.month_no, b.start_date + d.day as on_date,
           min(d.day) over w as first_day, max(d.day) over w as last_day,
           -- Fish that left in the morning for another container.
           coalesce(lag(d.fish_end) over (w order by d.day) - d.fish_start, 0) as moved,
           case when d.fish_end > 0 then r.entry_day end as entry_day
    from aquaseed.assignment_day d
    join aquaseed.schedule_batch b on b.batch_no = d.batch_no
    left join round r on r.life_stage_no = d.life_stage_no and r.day = d.day
    join aquaseed.life_stage t on t.life_stage_no = d.life_stage_no and t.meals_per_day > 0
    cross join lateral (
      select (12 * (extract(year from b.start_date + d.day) - extract(year from b.start_date))
              + extract(month from b.start_date + d.day) - extract(month from b.start_date))::integer as month_no
    ) m
    where d.batch_no = p_batch_no
    window w as (partition by d.assignment_no, m.month_no)
  ),
  -- Every container and month of the batch's whole life.
  span as materialized (
    select d.assignment_no, d.month_no, min(d.on_date) as period_start, max(d.on_date) as period_end,
           max(d.day) as last_day, sum(d.feed_1_g + d.feed_2_g) / 1000.0 as feed_kg,
           round((sum(d.fish_start * d.weight_start_g) filter (where d.day = d.first_day) / 1000)::numeric, 2)
             as start_kg,
           round((sum(d.fish_end * d.weight_g) filter (where d.day = d.last_day) / 1000)::numeric, 2) as end_kg,
           round((sum(d.harvested * d.weight_g + d.moved * d.weight_start_g) / 1000)::numeric, 2) as taken_kg,
           sum(d.fish_start * d.weight_start_g) / 1000 as kg_days,
           -- Samples that have been entered by then.
           count(*) filter (where d.entry_day <= d.last_day) as samples
    from day d
    group by d.assignment_no, d.month_no
  ),
  contained as (
    select s.*, s.end_kg + s.taken_kg - s.start_kg as growth_kg, f.fcr,
           case when s.samples >= v_enough.very_high_samples then 1 when s.samples >= v_enough.high_samples then 2
                when s.samples >= v_enough.medium_samples then 3 else 4 end as doubt
    from span s
    cross join lateral (
      select case when s.feed_kg > 0 and s.end_kg + s.taken_kg > s.start_kg
             then round(s.feed_kg / (s.end_kg + s.taken_kg - s.start_kg), 3) end as fcr
    ) f
  ),
  container_row as (
    insert into public.inventory_containerfeedingsummary
      (id, created_at, updated_at, period_start, period_end, total_feed_kg, starting_biomass_kg, ending_biomass_kg,
       growth_kg, fcr, confidence_level, estimation_method, data_points, batch_id, container_assignment_id)
    select p_batch_no * v_container_block + c.assignment_no * 100 + c.month_no, w.at, w.at, c.period_start,
           c.period_end,
           c.feed_kg, c.start_kg, c.end_kg, c.growth_kg, case when c.fcr < 100 then c.fcr end,
           (array['VERY_HIGH', 'HIGH', 'MEDIUM', 'LOW'])[c.doubt],
           case when c.samples > 0 then 'MEASURED' else 'INTERPOLATED' end, c.samples, p_batch_no,
           p_batch_no * 100 + c.assignment_no
    from contained c
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    cross join lateral (select (c.period_end + time '22:00') at time zone 'UTC' as at) w
    where c.last_day < b.days
    returning 1
  ),
  total as (
    select s.month_no, s.period_start, s.period_end, max(s.last_day) as last_day, count(*) as containers,
           sum(s.feed_kg) as feed_kg, sum(s.growth_kg) as growth_kg, sum(s.kg_days) as kg_days,
           coalesce(sum(s.start_kg) filter (where s.began = s.period_start), 0) as start_kg,
           coalesce(sum(s.end_kg) filter (where s.ended = s.period_end), 0) as end_kg,
           -- Those with a feed conversion of their own, each by its growth.
           sum(s.fcr * s.growth_kg) filter (where s.fcr < 100) / sum(s.growth_kg) filter (where s.fcr < 100)
             as weighted_fcr,
           max(s.doubt) as doubt, count(*) filter (where s.samples > 0) as measured
    from (
      select c.assignment_no, c.month_no, c.last_day, c.feed_kg, c.growth_kg, c.kg_days, c.start_kg, c.end_kg, c.fcr,
             c.doubt, c.samples, c.period_start as began, c.period_end as ended,
             min(c.period_start) over m as period_start, max(c.period_end) over m as period_end
      from contained c
      window m as (partition by c.month_no)
    ) s
    group by s.month_no, s.period_start, s.period_end
  ),
  batch_row as (
    insert into public.inventory_batchfeedingsummary
      (id, period_start, period_end, total_feed_kg, average_feeding_percentage, created_at, updated_at, batch_id,
       total_feed_consumed_kg, total_biomass_gain_kg, fcr, estimation_method, container_count,
       overall_confidence_level, total_ending_biomass_kg, total_growth_kg, total_starting_biomass_kg,
       weighted_avg_fcr, average_biomass_kg)
    select p_batch_no * v_batch_block + t.month_no, t.period_start, t.period_end, t.feed_kg,
           round((100 * t.feed_kg::double precision / nullif(t.kg_days, 0))::numeric, 2), w.at, w.at, p_batch_no,
           t.feed_kg, t.growth_kg,
           f.fcr, case t.measured when t.containers then 'MEASURED' when 0 then 'INTERPOLATED' else 'MIXED' end,
           t.containers, (array['VERY_HIGH', 'HIGH', 'MEDIUM', 'LOW'])[t.doubt], t.end_kg, t.growth_kg, t.start_kg,
           round(t.weighted_fcr, 3), round((t.kg_days / (t.period_end - t.period_start + 1))::numeric, 2)
    from total t
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    cross join lateral (select (t.period_end + time '22:30') at time zone 'UTC' as at) w
    cross join lateral (
      select case when t.feed_kg > 0 and t.growth_kg > 0 and round(t.feed_kg / t.growth_kg, 3) < 100
             then round(t.feed_kg / t.growth_kg, 3) end as fcr
    ) f
    where t.last_day < b.days
    returning 1
  )
  select (select count(*) from container_row), (select count(*) from batch_row) into v_containers, v_batches;
  return jsonb_build_object('inventory_containerfeedingsummary', v_containers,
                            'inventory_batchfeedingsummary', v_batches);
end
$$;

comment on function aquaseed._emit_feeding_summaries(integer, bigint) is
  'inventory_containerfeedingsummary and inventory_batchfeedingsummary of one batch, by calendar month (kg).';
