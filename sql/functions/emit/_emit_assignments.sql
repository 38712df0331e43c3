-- One assignment per container and stage that has begun; population, weight and biomass are those of its last
-- day. What was moved or harvested is closed with a departure date.
create or replace function aquaseed._emit_assignments(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_clock bigint := aquaseed.stream(p_seed, 'clock of a batch');
  v_rows bigint;
begin
  insert into public.batch_batchcontainerassignment
    (id, population_count, biomass_kg, assignment_date, is_active, notes, created_at, updated_at, batch_id,
     container_id, lifecycle_stage_id, avg_weight_g, departure_date, last_weighing_date)
  with round as materialized (
    select r.life_stage_no, r.day, r.entry_day from aquaseed._growth_rounds(p_batch_no, p_seed) r
  )
  select p_batch_no * 100 + l.assignment_no, l.fish_end, round((l.fish_end * l.weight_g / 1000)::numeric, 2),
         l.start_date + l.first_day, l.left_on is null, '',
         (l.start_date + l.first_day)::timestamp at time zone 'UTC' + make_interval(mins => m.begins),
         -- After all that was done on the day.
         (l.start_date + l.day)::timestamp at time zone 'UTC'
           + make_interval(mins => 1220 + floor(60 * aquaseed.u(v_clock # l.assignment_key, l.day))::integer),
         p_batch_no, l.container_id, l.stage_id, round(l.weight_g::numeric, 2), l.left_on,
         -- Growth samples that have been entered.
         (select l.start_date + max(r.day) from round r
          where r.life_stage_no = l.life_stage_no and r.entry_day < l.days
            and r.day between l.first_day and case l.fish_end when 0 then l.day - 1 else l.day end)
  from (
    select d.*, s.assignment_key, b.start_date, b.days, t.stage_id, e.first_day,
           -- Moved fish leave on the morning after the last day, harvested ones on it.
           case when e.last_day < b.days and f.fish_end = 0 then b.start_date + e.last_day
                when e.last_day + 1 < b.days then b.start_date + e.last_day + 1 end as left_on
    from (
      select x.assignment_no, min(x.day) as first_day, max(x.day) as last_day
      from aquaseed.assignment_day x
      where x.batch_no = p_batch_no
      group by x.assignment_no
    ) e
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no and b.days > e.first_day
    join aquaseed.assignment_day d
      on d.batch_no = p_batch_no and d.assignment_no = e.assignment_no and d.day = least(e.last_day, b.days - 1)
    join aquaseed.assignment_day f
      on f.batch_no = p_batch_no and f.assignment_no = e.assignment_no and f.day = e.last_day
    join aquaseed.life_stage t on t.life_stage_no = d.life_stage_no
    join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
  ) l
  -- The first fish come.
  join (
    select c.assignment_no, min(x.begins) as begins
    from aquaseed.assignment c
    join aquaseed._move_clock(p_batch_no, p_seed) x
      on x.day = c.first_day and (x.dest_no = c.assignment_no or x.action_no = 0 and c.first_day = 0)
    where c.batch_no = p_batch_no
    group by c.assignment_no
  ) m on m.assignment_no = l.assignment_no;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('batch_batchcontainerassignment', v_rows);
end
$$;

comment on function aquaseed._emit_assignments(integer, bigint) is
  'batch_batchcontainerassignment of one batch as it stands at as_of (closed with a date when moved or harvested).';
