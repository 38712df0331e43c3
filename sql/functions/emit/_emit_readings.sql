-- Environmental readings of a batch into its leaf: the daily levels of every sensor fanned out over the clock
-- hours, between noon and noon on a straight line, plus the swing of the day and the noise of the reading.
-- Rows are written in the order of their ids = (assignment, parameter, day, hour), so that three of the leaf's
-- indexes are built from presorted input and a sensor's series lies together on disk.
create or replace function aquaseed._emit_readings(p_batch_no integer, p_seed bigint, p_leaf text)
returns jsonb language plpgsql
set search_path = ''
as $$
declare
  v_block bigint := aquaseed.id_block('environmental_environmentalreading');
  v_lag interval := make_interval(mins => aquaseed.number('climate.readings.entry_lag_minutes')::integer);
  v_rows bigint;
begin
  execute format($insert$
    insert into public.%I
      (id, value, reading_time, is_manual, notes, created_at, batch_id, container_id, parameter_id, recorded_by_id,
       sensor_id, batch_container_assignment_id)
    with water as (
      select w.*, lag(w.level) over o as yesterday, lead(w.level) over o as tomorrow
      from (
        select * from aquaseed._tank_water($1, $5)
        union all
        select * from aquaseed._ring_water($1, $5)
      ) w
      window o as (partition by w.assignment_no order by w.day)
    ),
    daily as materialized (
      select w.assignment_no, t.parameter_no, w.day,
             w.level[t.place] as level, w.swing[t.place] as swing, t.peak_hour, t.reading_sd, t.lowest, t.highest,
             coalesce(w.level[t.place] - w.yesterday[t.place], 0) as since_yesterday,
             coalesce(w.tomorrow[t.place] - w.level[t.place], 0) as until_tomorrow,
             p.parameter_id, p.scale, p.step, s.sensor_id, c.container_id,
             $1 * $2 + ((w.assignment_no * 8 + t.parameter_no) * 1000 + w.day) * 12 as first_id,
             (b.start_date + w.day)::timestamp at time zone 'UTC' as midnight,
             $3 # c.assignment_key # t.parameter_no as key
      from water w
      join aquaseed.schedule_batch b on b.batch_no = $1
      join aquaseed._sensor_traits() t on t.stage_order = w.stage_order
      join aquaseed.parameter p on p.parameter_no = t.parameter_no
      join aquaseed.schedule_container c on c.batch_no = $1 and c.assignment_no = w.assignment_no
      join aquaseed.sensor s on s.container_id = c.container_id and s.parameter_no = p.parameter_no
      where w.day < b.days
      order by w.assignment_no, t.parameter_no, w.day
    ),
    clock as materialized (
      select h.slot, h.hour, make_interval(hours => h.hour) as since_midnight,
             make_interval(hours => h.hour) + $4 as entered,
             least(0, h.hour - 12)::double precision / 24 as before_noon,
             greatest(0, h.hour - 12)::double precision / 24 as after_noon
      from aquaseed.reading_hour h
      order by h.slot
    )
    select d.first_id + h.slot,
           (least(greatest(
             d.level + d.since_yesterday * h.before_noon + d.until_tomorrow * h.after_noon
               + d.swing * cos(6.283185307179586::double precision * (h.hour - d.peak_hour) / 24)
               + d.reading_sd * aquaseed.z(d.key, d.day * 24 + h.hour),
             d.lowest), d.highest) * d.scale)::integer * d.step,
           d.midnight + h.since_midnight, false, '', d.midnight + h.entered,
           $1, d.container_id, d.parameter_id, null, d.sensor_id, $1 * 100 + d.assignment_no
    from daily d
    cross join clock h
  $insert$, p_leaf)
  using p_batch_no, v_block, aquaseed.stream(p_seed, 'reading'), v_lag, p_seed;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('environmental_environmentalreading', v_rows);
end
$$;

comment on function aquaseed._emit_readings(integer, bigint, text) is
  'environmental_environmentalreading of one batch into its leaf: every sensor at every reading hour.';
