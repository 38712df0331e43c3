-- Long, since it is one statement: a sensor, its days and its hours in the order of their ids.
-- Environmental readings of a batch into its leaf: the daily levels of every sensor fanned out over the clock hours,
-- between noon and noon on a straight line, plus the swing of the day, at sea the short waves of the area (_sea_hours),
-- and the noise of the reading. Written in the
-- order of their ids = (assignment, parameter, day, hour): three of the leaf's indexes are built from presorted input,
-- and a sensor's series lies together on disk. Incidents (aquaseed.incident) leave out readings, freeze, shift or
-- replace values; those by hand are rounded and come in later (work.entry). Costs: docs/decisions/013-emit-costs.md.
create or replace function aquaseed._emit_readings(p_batch_no integer, p_seed bigint, p_leaf text)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('environmental_environmentalreading');
  v_lag interval := make_interval(mins => aquaseed.number('climate.readings.entry_lag_minutes')::integer);
  v_oxygen smallint := (select p.parameter_no from aquaseed.parameter p where p.name = 'Dissolved Oxygen');
  v_reset integer := aquaseed.number('incidents.sensor_drift.reset_days')::integer;
  v_late aquaseed.entry_shares := aquaseed.settings('work.entry', null::aquaseed.entry_shares);
  v_manual double precision :=
    case when aquaseed.disasters_enabled() then aquaseed.number('incidents.manual_reading.share') else 0 end;
  -- How a reading is entered: by machine minutes later, more or less (one of 256 intervals); those by hand are coarser
  -- and come in later. Where there are none nothing is drawn for them.
  v_entry text := 'select false as is_manual, 0 as late';
  v_value text := '((v.value * d.scale)::integer * d.step)::numeric(10, 4)';
  v_late_days integer := case when v_manual > 0 then aquaseed.most_entry_days() else 0 end;
  -- An advance needs the water of its own days alone: from the noon before them (or before those that are entered
  -- late), or from where a sensor got stuck that still shows that day, to the noon after them. Null: all days.
  v_days integer[] := (
    select array(
      select generate_series(
        least(b.emitted_days - v_late_days - 1, (
          select min(i.from_day)
          from aquaseed.incident i
          join aquaseed.list_incident_kinds() k on k.kind = i.kind and k.effect = 'stuck'
          where i.batch_no = b.batch_no and i.to_day >= b.emitted_days - v_late_days))::integer,
        b.days::integer))
    from aquaseed.schedule_batch b
    where b.batch_no = p_batch_no and b.emitted_days > 0
  );
  v_created text := 'd.midnight + h.entered
    + $11[1 + (pg_catalog.hashint8extended(d.day * 24 + h.hour, ~d.key) & 255)::integer]';
  v_rows bigint;
begin
  if v_manual > 0 then
    v_value := '((v.value * d.scale / m.coarser)::integer * d.step * m.coarser)::numeric(10, 4)';
    v_created := v_created || ' + make_interval(days => m.late)';
    v_entry := $entry$
      select x.is_manual, case when x.is_manual then 10 else 1 end as coarser,
             case when x.is_manual then aquaseed.entry_days($10, x.of_lag) else 0 end as late
      from (
        select aquaseed.u($6 # d.key, d.day * 24 + h.hour) < $9 as is_manual,
               aquaseed.u($6 # d.key, -1 - d.day * 24 - h.hour) as of_lag
      ) x
    $entry$;
  end if;
  execute format($insert$
    insert into public.%I
      (id, value, reading_time, is_manual, notes, created_at, batch_id, container_id, parameter_id, recorded_by_id,
       sensor_id, batch_container_assignment_id)
    -- The water of a container as one series: level[day][place].
    with water as materialized (
      select w.assignment_no, w.life_stage_no, min(w.day) as first_day, count(*)::integer as days,
             array_agg(w.level order by w.day) as level, array_agg(w.swing order by w.day) as swing
      from (
        select * from aquaseed._tank_water($1, $5, $13)
        union all
        select * from aquaseed._ring_water($1, $5, $13)
      ) w
      group by w.assignment_no, w.life_stage_no
    ),
    -- Who reads by hand, day by day.
    team as materialized (
      select o.life_stage_no, min(o.day) as from_day, array_agg(o.operator_id order by o.day) as operators
      from aquaseed._duty($1, $5) o
      where $9 > 0
      group by o.life_stage_no
    ),
    -- What a sensor does wrong on a day: nothing at all, the value of an earlier day, a shift, single wrong values.
    -- Without a parameter nothing comes from any sensor of the place; other faults of a place are those of oxygen.
    fault as (
      select c.assignment_no, p.parameter_no, x.day,
             bool_or(k.effect = 'no_reading') as is_out,
             max(greatest(i.from_day, a.first_day)) filter (where k.effect = 'stuck') as stuck_since,
             sum(i.size * (aquaseed.day_no(b.start_date + x.day) %% $8)) filter (where k.effect = 'drift') as shift,
             array_agg(i.slot::integer) filter (where k.effect = 'reading') as slots,
             array_agg(i.size) filter (where k.effect = 'reading') as shown
      from aquaseed.incident i
      join aquaseed.list_incident_kinds() k on k.kind = i.kind
      join aquaseed.schedule_batch b on b.batch_no = i.batch_no
      join aquaseed.schedule_container c
        on c.batch_no = i.batch_no and c.life_stage_no = i.life_stage_no
          and (i.assignment_no is null or i.assignment_no = c.assignment_no)
      join aquaseed.assignment a on a.batch_no = c.batch_no and a.assignment_no = c.assignment_no
      join aquaseed.parameter p
        on p.parameter_no = coalesce(i.parameter_no, case when k.effect = 'no_reading' then p.parameter_no else $7 end)
      cross join lateral
        generate_series(greatest(i.from_day, a.first_day)::integer, least(i.to_day, a.last_day)::integer) x(day)
      where i.batch_no = $1 and k.effect in ('no_reading', 'stuck', 'drift', 'reading')
      group by 1, 2, 3
    ),
    -- By sensor: looked up for each of its days.
    faulty as (
      select f.assignment_no, f.parameter_no,
             array_agg((f.day, f.is_out, f.stuck_since, f.shift, f.slots, f.shown)::aquaseed.sensor_fault
                       order by f.day) as faults
      from fault f
      group by f.assignment_no, f.parameter_no
    ),
    -- One row per sensor.
    series as (
      select w.*, t.place, t.parameter_no, t.peak_hour, t.reading_sd, t.lowest, t.highest, t.per_degree,
             q.first_day as sea_day, q.liveliness, q.short_c, f.faults, o.operators, o.from_day, b.days as last_day,
             b.emitted_days, b.emitted_slots, b.slots as slots_come, b.start_date, p.parameter_id, p.scale, p.step,
             s.sensor_id, c.container_id,
             $3 # c.assignment_key # t.parameter_no as key,
             $1 * $2 + aquaseed.reading_no(w.assignment_no, t.parameter_no, 0, 0) as first_id
      from water w
      join aquaseed.schedule_batch b on b.batch_no = $1
      join aquaseed._sensor_traits() t on t.life_stage_no = w.life_stage_no
      left join aquaseed._sea_hours($1, $5, $13) q on q.life_stage_no = w.life_stage_no
      left join faulty f on f.assignment_no = w.assignment_no and f.parameter_no = t.parameter_no
      join aquaseed.parameter p on p.parameter_no = t.parameter_no
      join aquaseed.schedule_container c on c.batch_no = $1 and c.assignment_no = w.assignment_no
      join aquaseed.sensor s on s.container_id = c.container_id and s.parameter_no = p.parameter_no
      left join team o on o.life_stage_no = w.life_stage_no
      order by w.assignment_no, t.parameter_no
    ),
    clock as materialized (
      select h.slot, h.hour, make_interval(hours => h.hour) as since_midnight,
             make_interval(hours => h.hour) + $4 as entered,
             least(0, h.hour - 12)::double precision / 24 as before_noon,
             greatest(0, h.hour - 12)::double precision / 24 as after_noon
      from aquaseed.reading_hour h
      order by h.slot
    )
    select d.first_id + aquaseed.reading_no(0, 0, d.day, h.slot),
           case when h.slot = any (d.slots)
             then ((d.shown[array_position(d.slots, h.slot::integer)] * d.scale)::integer * d.step)::numeric(10, 4)
             else %s end,
           d.midnight + h.since_midnight, m.is_manual, ''::text, %s,
           $1::bigint, d.container_id, d.parameter_id, case when m.is_manual then d.operator_id end, d.sensor_id,
           ($1 * 100 + d.assignment_no)::bigint
    -- The days of a sensor after one another: the order of the ids without a sort.
    from (
      select s.assignment_no, s.parameter_no, s.container_id, s.parameter_id, s.sensor_id, s.first_id, s.key,
             s.scale, s.step, s.peak_hour, s.lowest, s.highest, s.last_day, s.emitted_days, s.emitted_slots,
             s.slots_come, s.short_c, s.sea_day, s.first_day < s.emitted_days as is_known, x.*
      from series s
      cross join lateral (
        select s.first_day + n.no - 1 as day,
               (s.start_date + s.first_day + n.no - 1)::timestamp at time zone 'UTC' as midnight,
               f.slots, f.shown, s.operators[s.first_day + n.no - s.from_day] as operator_id,
               case when f.stuck_since is null then s.level[n.no][s.place] + coalesce(f.shift, 0)
                 else s.level[f.stuck_since - s.first_day + 1][s.place] end as level,
               case when f.stuck_since is null then s.swing[n.no][s.place] else 0 end as swing,
               case when f.stuck_since is not null then 0
                 when s.per_degree = 0 then s.reading_sd
                 else s.reading_sd * s.liveliness[s.first_day + n.no - s.sea_day] end as reading_sd,
               case when f.stuck_since is null then s.per_degree else 0 end as per_degree,
               case when f.stuck_since is null
                 then coalesce(s.level[n.no][s.place] - s.level[n.no - 1][s.place], 0) else 0 end as since_yesterday,
               case when f.stuck_since is null
                 then coalesce(s.level[n.no + 1][s.place] - s.level[n.no][s.place], 0) else 0 end as until_tomorrow
        -- Those that are entered late are of days before.
        from generate_series(greatest(1, s.emitted_days - s.first_day + 1 - $12),
                             least(s.days, s.last_day - s.first_day)) n(no)
        left join unnest(s.faults) f on f.day = s.first_day + n.no - 1
        where f.is_out is not true
        order by n.no
      ) x
    ) d
    -- Asked for by each day, or the planner would put the hours outside of the days.
    cross join lateral (select c.* from clock c where d.day is not null offset 0) h
    cross join lateral (
      select least(greatest(
               d.level + d.since_yesterday * h.before_noon + d.until_tomorrow * h.after_noon
                 + d.swing * cos(6.283185307179586::double precision * (h.hour - d.peak_hour) / 24)
                 + case when d.per_degree = 0 then 0
                   else d.per_degree * d.short_c[d.day - d.sea_day + 1][h.slot + 1] end
                 + d.reading_sd * aquaseed.z(d.key, d.day * 24 + h.hour),
               d.lowest), d.highest) as value
    ) v
    cross join lateral (%s) m
    where d.day + m.late >= d.emitted_days and not (m.is_manual and d.day + m.late >= d.last_day)
      -- Of a day that has not ended, the hours that have come, in containers that held the fish the day before.
      and (d.slots_come = 0 or d.day = d.emitted_days and h.slot < d.slots_come and d.is_known)
      and not (d.day = d.emitted_days and h.slot < d.emitted_slots and m.late = 0 and d.is_known)
  $insert$, p_leaf, v_value, v_created, v_entry)
  using p_batch_no, v_block, aquaseed.stream(p_seed, 'reading'), v_lag, p_seed,
        aquaseed.stream(p_seed, 'manual reading'), v_oxygen, v_reset, v_manual, v_late,
        array(select make_interval(secs => floor(j.most * i.no / 256)) from generate_series(0, 255) i(no),
              aquaseed.number('climate.readings.entry_jitter_seconds') j(most) order by i.no),
        v_late_days, v_days;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('environmental_environmentalreading', v_rows);
end
$$;

comment on function aquaseed._emit_readings(integer, bigint, text) is
  'environmental_environmentalreading of one batch into its leaf: every sensor at every reading hour.';
