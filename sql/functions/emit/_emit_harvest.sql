-- A harvest event per ring and day of slaughter, a lot per grade. Counts of the lots add up to the fish taken. The
-- lower grades take more in winter, from rings with wounds and on some days; the first grade has what is left. The
-- weight of a lot is the sum of so many fish of N(w, cv w).
create or replace function aquaseed._emit_harvest(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event_block bigint := aquaseed.id_block('harvest_harvestevent');
  v_lot_block bigint := aquaseed.id_block('harvest_harvestlot');
  v_harvest aquaseed.harvest := aquaseed.settings('biology.harvest', null::aquaseed.harvest);
  v_gutted aquaseed.spread := v_harvest.gutted_share;
  v_fillet aquaseed.spread := v_harvest.fillet_share;
  v_down aquaseed.downgrades := v_harvest.downgrades;
  v_grading bigint := aquaseed.stream(p_seed, 'harvest grading');
  v_weight bigint := aquaseed.stream(p_seed, 'harvest weight');
  v_yield bigint := aquaseed.stream(p_seed, 'harvest yield');
  v_hours aquaseed.task_hours := aquaseed.settings('work.tasks.harvest', null::aquaseed.task_hours);
  v_spread double precision := aquaseed.number('work.spread_minutes');
  v_clock bigint := aquaseed.stream(p_seed, 'clock of harvest');
  v_events bigint;
  v_lots bigint;
begin
  insert into public.harvest_harvestevent
    (id, event_date, dest_subsidiary, document_ref, created_at, updated_at, assignment_id, batch_id, dest_geography_id)
  select p_batch_no * v_event_block + d.assignment_no * 1000 + d.day,
         w.at, 'LG', 'HRV-' || b.batch_name || '-' || c.name,
         w.entered, w.entered, p_batch_no * 100 + d.assignment_no, p_batch_no, b.geography_id
  from aquaseed.assignment_day d
  join aquaseed.schedule_batch b on b.batch_no = d.batch_no
  join aquaseed.container c on c.container_id = d.container_id
  join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
  cross join lateral (
    select (b.start_date + d.day)::timestamp at time zone 'UTC'
             + make_interval(mins => aquaseed.task_minute(
                 v_hours, v_spread, aquaseed.u(v_clock # s.assignment_key, d.day),
                 aquaseed.z(v_clock # s.assignment_key, 10000 + d.day))) as at,
           60 + floor(120 * aquaseed.u(v_clock # s.assignment_key, -1 - d.day))::integer as late
  ) x
  -- Entered once the fish are counted, the same day.
  cross join lateral (select x.at, x.at + make_interval(mins => x.late) as entered) w
  where d.batch_no = p_batch_no and d.day < b.days and d.harvested > 0;
  get diagnostics v_events = row_count;

  insert into public.harvest_harvestlot
    (id, live_weight_kg, gutted_weight_kg, fillet_weight_kg, unit_count, created_at, updated_at, event_id,
     product_grade_id)
  select p_batch_no * v_lot_block + (d.assignment_no * 1000 + d.day) * 10 + g.grade_no,
         l.live_kg,
         round(l.live_kg * (v_gutted.mean
           + v_gutted.sd * aquaseed.z(v_yield # s.assignment_key, d.day * 10 + g.grade_no))::numeric, 3),
         round(l.live_kg * (v_fillet.mean
           + v_fillet.sd * aquaseed.z(v_yield # s.assignment_key, -d.day * 10 - g.grade_no))::numeric, 3),
         g.fish, e.created_at, e.created_at, p_batch_no * v_event_block + d.assignment_no * 1000 + d.day, g.grade_id
  from aquaseed.assignment_day d
  join aquaseed.schedule_batch b on b.batch_no = d.batch_no
  join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
  cross join lateral (
    -- The factor of the lower grades, 1 on average over the year.
    select (1 + case when extract(month from b.start_date + d.day)::integer = any (v_down.winter_months)
                  then v_down.winter else 0 end)
             / (1 + v_down.winter * cardinality(v_down.winter_months) / 12)
             * exp(v_down.ring_sd * aquaseed.z(v_grading # s.assignment_key, -1)
                   + v_down.event_sd * aquaseed.z(v_grading # s.assignment_key, d.day)
                   - (v_down.ring_sd ^ 2 + v_down.event_sd ^ 2) / 2)
             as factor
  ) down
  cross join lateral (
    select x.grade_no, x.grade_id, x.weight_factor, x.mean_factor,
           (round(d.harvested * x.upto)
             - round(d.harvested * lag(x.upto, 1, 0::double precision) over (order by x.grade_no)))::integer as fish
    from (
      select r.grade_no, r.grade_id, r.weight_factor,
             round(sum(r.share) over (order by r.grade_no) * 1e9) / 1e9 as upto,
             sum(r.share * r.weight_factor) over () as mean_factor
      from (
        select y.grade_no, y.grade_id, y.weight_factor,
               case when y.is_first then 1 - least(1, down.factor * (1 - y.first_share))
                    else y.share / (1 - y.first_share) * least(1, down.factor * (1 - y.first_share)) end as share
        from (
          select q.grade_no, q.grade_id, q.weight_factor, q.share / sum(q.share) over () as share,
                 q.grade_no = min(q.grade_no) over () as is_first,
                 first_value(q.share) over (order by q.grade_no) / sum(q.share) over () as first_share
          from aquaseed.grade q
        ) y
      ) r
    ) x
  ) g
  cross join lateral (
    select round((d.weight_g / 1000 * (g.fish * g.weight_factor / g.mean_factor
                  + v_harvest.individual_weight_cv * sqrt(g.fish)
                    * aquaseed.z(v_weight # s.assignment_key, d.day * 10 + g.grade_no)))::numeric, 3) as live_kg
  ) l
  join public.harvest_harvestevent e on e.id = p_batch_no * v_event_block + d.assignment_no * 1000 + d.day
  where d.batch_no = p_batch_no and d.day < b.days and d.harvested > 0 and g.fish > 0;
  get diagnostics v_lots = row_count;
  return jsonb_build_object('harvest_harvestevent', v_events, 'harvest_harvestlot', v_lots);
end
$$;

comment on function aquaseed._emit_harvest(integer, bigint) is
  'harvest_harvestevent (one per ring and day) and harvest_harvestlot (one per grade, kg) of one batch.';
