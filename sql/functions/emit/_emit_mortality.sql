-- Up to three mortality events per container and day with deaths, one a cause (_deaths_by_cause). Biomass is rounded as
-- in _emit_feeding.
-- From these the weekly mortality records of fish health: one per container and ISO week with deaths, of all fish that
-- the events count. The reason is the cause of most of them; the notes have all. A week closes on its Sunday, or on the
-- last day on which the container held fish of the batch, and has no record before: a record never changes.
create or replace function aquaseed._emit_mortality(p_batch_no integer, p_seed bigint, p_leaf text)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('batch_mortalityevent');
  v_record_block bigint := aquaseed.id_block('health_mortalityrecord');
  v_removal aquaseed.task_hours := aquaseed.settings('work.tasks.removal', null::aquaseed.task_hours);
  v_spread double precision := aquaseed.number('work.spread_minutes');
  v_reasons jsonb := aquaseed.setting_tree('health.mortality_record.reasons');
  -- Day 3 of the time axis is a Monday.
  v_week_0 integer := (
    select (aquaseed.day_no(b.start_date) + 4) / 7 from aquaseed.schedule_batch b where b.batch_no = p_batch_no
  );
  -- Weeks that close now began less than a week before.
  v_from_day integer := (select b.emitted_days - 7 from aquaseed.schedule_batch b where b.batch_no = p_batch_no);
  v_events bigint;
  v_records bigint;
begin
  execute format($insert$
    with dead_of_day as materialized (
      select c.* from aquaseed._deaths_by_cause($1, $3, $10) c
    ),
    event as (
      insert into public.%I
        (id, event_date, count, biomass_kg, cause, description, created_at, updated_at, batch_id, assignment_id)
      select $1 * $2 + (d.assignment_no * 1000 + d.day) * 4 + c.row_no, b.start_date + d.day, c.count,
             (c.count * (1e4::double precision * d.weight_start_g)::bigint + 50000) / 100000 * 0.01, c.cause,
             case when c.is_culled then 'Culling' else 'Daily removal' end, w.at, w.at, $1, $1 * 100 + d.assignment_no
      from dead_of_day c
      join aquaseed.assignment_day d on d.batch_no = $1 and d.assignment_no = c.assignment_no and d.day = c.day
      join aquaseed.schedule_container s on s.batch_no = $1 and s.assignment_no = d.assignment_no
      join aquaseed.schedule_batch b on b.batch_no = $1
      -- Entered within the hour after the removal.
      cross join lateral (
        select (b.start_date + d.day)::timestamp at time zone 'UTC' + make_interval(mins =>
                 aquaseed.task_minute($7, $8, aquaseed.u($9 # s.assignment_key, 3 * d.day),
                                      aquaseed.z($9 # s.assignment_key, 3 * d.day + 1))
                 + 5 + floor(55 * aquaseed.u($9 # s.assignment_key, 3 * d.day + 2))::integer) as at
      ) w
      where d.day >= b.emitted_days
      order by d.assignment_no, d.day, c.row_no
      returning 1
    ),
    week as (
      select $1 * 100 + d.assignment_no as assignment_id, d.container_id, s.assignment_key,
             (aquaseed.day_no(b.start_date + d.day) + 4) / 7 as week_no, max(b.start_date + d.day) as closed_on
      from aquaseed.assignment_day d
      join aquaseed.schedule_batch b on b.batch_no = d.batch_no
      join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
      where d.batch_no = $1
      group by 1, 2, 3, 4
      having max(d.day) < min(b.days) and max(d.day) >= min(b.emitted_days)
    ),
    dead as (
      select $1 * 100 + c.assignment_no as assignment_id, (aquaseed.day_no(b.start_date + c.day) + 4) / 7 as week_no,
             c.cause, sum(c.count) as count
      from dead_of_day c
      join aquaseed.schedule_batch b on b.batch_no = $1
      group by 1, 2, 3
    ),
    record as (
      insert into public.health_mortalityrecord
        (id, event_date, count, notes, batch_id, container_id, reason_id, assignment_id)
      select $1 * $4 + (w.assignment_id - $1 * 100) * 200 + w.week_no - $5,
             w.closed_on::timestamp at time zone 'UTC' + make_interval(mins =>
               1080 + floor(60 * aquaseed.u($9 # w.assignment_key, -1 - w.week_no))::integer), r.count,
             to_char(w.closed_on, '"Week "IYYY"-W"IW": "') || r.causes, $1, w.container_id, m.id, w.assignment_id
      from week w
      join (
        select x.assignment_id, x.week_no, sum(x.count) as count,
               (array_agg(x.cause order by x.count desc, x.cause collate "C"))[1] as cause,
               string_agg(lower(x.cause) || ' ' || x.count, ', ' order by x.count desc, x.cause collate "C") as causes
        from dead x
        group by 1, 2
      ) r on r.assignment_id = w.assignment_id and r.week_no = w.week_no
      join public.health_mortalityreason m on m.name = $6 ->> r.cause
      order by 1
      returning id
    )
    select (select count(*) from event), (select count(*) from record)
  $insert$, p_leaf)
  into v_events, v_records
  using p_batch_no, v_block, p_seed, v_record_block, v_week_0, v_reasons, v_removal, v_spread,
        aquaseed.stream(p_seed, 'clock of removals'), v_from_day;
  return jsonb_build_object('batch_mortalityevent', v_events, 'health_mortalityrecord', v_records);
end
$$;

comment on function aquaseed._emit_mortality(integer, bigint, text) is
  'batch_mortalityevent of one batch into its leaf: one row per container, day and cause of death; and '
  'health_mortalityrecord, a row per container and closed week.';
