-- Who goes where into a stage (aquaseed.planned_move): graded by size (_plan_grading). Incidents: a graded transition
-- sorts the fish of two or three neighbours into as many tanks; a staggered one takes days, as far as the schedule
-- keeps the sources that long: the first containers on the first day, the others on working days.
create or replace function aquaseed._plan_moves(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_incidents boolean := aquaseed.disasters_enabled();
  v_grading aquaseed.grading := aquaseed.settings('incidents.grading', null::aquaseed.grading);
  v_staggered double precision := aquaseed.number('incidents.staggered_transfer.transitions');
  v_draw bigint := aquaseed.stream(p_seed, 'transition');
  -- Tanks into which an incident sorts a tank; null: none.
  v_groups integer;
begin
  if v_incidents then
    select aquaseed.evenly_whole(v_grading.destinations, aquaseed.u(v_draw # b.batch_key, p_life_stage_no * 10 + 1))
    into v_groups
    from aquaseed.schedule_batch b
    join aquaseed.life_stage t on t.life_stage_no = p_life_stage_no and t.habitat = 'freshwater'
    where b.batch_no = p_batch_no
      and aquaseed.u(v_draw # b.batch_key, p_life_stage_no * 10) < v_grading.transitions
      and (select count(*) filter (where c.life_stage_no = p_life_stage_no)
                = count(*) filter (where c.life_stage_no = p_life_stage_no - 1)
           from aquaseed.schedule_container c where c.batch_no = p_batch_no);
  end if;

  insert into aquaseed.planned_move (batch_no, life_stage_no, source_no, dest_no, day, share, weight_factor)
  with source as (
    select c.assignment_no, row_number() over (order by c.assignment_no) as n, count(*) over () as sources
    from aquaseed.schedule_container c
    where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no - 1
  ),
  dest as (
    select c.assignment_no, row_number() over (order by c.assignment_no) as n, count(*) over () as dests
    from aquaseed.schedule_container c
    where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no
  ),
  -- room: days that the sources are kept after this stage has begun.
  transition as (
    select s.start_day, f.end_day - s.start_day as room, b.batch_key, b.start_date, b.geography_id, t.habitat,
           case t.habitat when 'sea' then 'sea_days' else 'freshwater_days' end as span_key,
           aquaseed.u(v_draw # b.batch_key, p_life_stage_no * 10 + 2) as of_stagger,
           aquaseed.u(v_draw # b.batch_key, p_life_stage_no * 10 + 3) as of_span
    from aquaseed.schedule_stay s
    join aquaseed.schedule_stay f on f.batch_no = s.batch_no and f.life_stage_no = s.life_stage_no - 1
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    join aquaseed.life_stage t on t.life_stage_no = s.life_stage_no
    where s.batch_no = p_batch_no and s.life_stage_no = p_life_stage_no
  ),
  manner as (
    select t.start_day, t.start_date, t.geography_id, t.room, t.habitat,
           case when v_incidents and v_groups is null and t.of_stagger < v_staggered
             then least(t.room, aquaseed.evenly_whole(l.days, t.of_span)) else 0 end as span
    from transition t
    cross join lateral (
      select aquaseed.settings('incidents.staggered_transfer', null::aquaseed.between, t.span_key) as days
    ) l
  ),
  -- The next working day, or the last one before, within the days that the sources are kept.
  trip as materialized (
    select d.assignment_no, d.n, d.dests,
           case when x.day = m.start_day then x.day else coalesce(
             (select min(w.on_date) from aquaseed.work_day w
              where w.geography_id = m.geography_id and w.is_working
                and w.on_date between m.start_date + x.day and m.start_date + m.start_day + m.room),
             (select max(w.on_date) from aquaseed.work_day w
              where w.geography_id = m.geography_id and w.is_working
                and w.on_date between m.start_date + m.start_day and m.start_date + x.day),
             m.start_date + m.start_day) - m.start_date end as on_day
    from dest d
    cross join manner m
    cross join lateral (
      select m.start_day
               + coalesce(round((d.n - 1) * m.span / nullif(d.dests - 1, 0)::double precision)::integer, 0) as day
    ) x
  ),
  flow as (
    select g.source_no, g.dest_no, d.on_day, g.share, g.weight_factor
    from aquaseed._plan_grading(p_batch_no, p_life_stage_no, p_seed) g
    join trip d on d.assignment_no = g.dest_no
    cross join manner m
    where v_groups is null and (m.span = 0 or m.habitat = 'sea')
    union all
    -- Over several days tank by tank, ungraded, or the fish that wait would outgrow the others. Sources and
    -- destinations lie along [0, 1): what of the source meets the destination.
    select s.assignment_no, d.assignment_no, d.on_day,
           (least(s.n * d.dests, d.n * s.sources) - greatest((s.n - 1) * d.dests, (d.n - 1) * s.sources))
             / d.dests::double precision, 1
    from source s
    cross join trip d
    cross join manner m
    where v_groups is null and m.span > 0 and m.habitat = 'freshwater'
    union all
    select s.assignment_no, d.assignment_no, d.on_day, 1 / p.members,
           case when p.members > 1
             then 1 + v_grading.weight_difference * (1 - 2 * ((d.n - 1) % v_groups) / (p.members - 1)) else 1 end
    from source s
    join trip d on (s.n - 1) / v_groups = (d.n - 1) / v_groups
    cross join lateral (
      select least(v_groups, d.dests - (d.n - 1) / v_groups * v_groups)::double precision as members
    ) p
    where v_groups is not null
  )
  select p_batch_no, p_life_stage_no, f.source_no, f.dest_no, f.on_day, f.share, f.weight_factor
  from flow f
  where f.share > 0;

  if v_incidents then
    insert into aquaseed.incident
      (batch_no, incident_no, kind, life_stage_no, from_day, to_day, size, place, incident_key, detail)
    select p_batch_no, p_life_stage_no * 10000 + (v_groups is not null)::integer,
           case when v_groups > 0 then 'grading' else 'staggered_transfer' end, p_life_stage_no, m.first_day,
           m.last_day,
           case when v_groups > 0 then m.destinations else m.last_day - m.first_day end, b.batch_name,
           v_draw # b.batch_key,
           case when v_groups > 0 then 'Fish sorted by size into ' || m.destinations || ' tanks'
                else 'Moved over ' || m.last_day - m.first_day + 1 || ' days' end
    from (
      select min(x.day) as first_day, max(x.day) as last_day, max(x.destinations) as destinations
      from (
        select p.day, count(*) over (partition by p.source_no) as destinations
        from aquaseed.planned_move p
        where p.batch_no = p_batch_no and p.life_stage_no = p_life_stage_no
      ) x
    ) m
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    where v_groups > 0 or m.last_day > m.first_day;
  end if;
end
$$;

comment on function aquaseed._plan_moves(integer, integer, bigint) is
  'Plans the moves into a stage of a batch: shares of the sources, days, weights of graded fish.';
