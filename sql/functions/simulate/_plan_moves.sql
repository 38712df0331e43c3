-- Who goes where into a stage (aquaseed.planned_move): graded by size (_plan_grading). Incidents: a graded transition
-- sorts the fish of two or three neighbours into as many tanks; a staggered one takes days, as far as the schedule
-- keeps the sources that long: the first containers on the first day, the others on working days, two tanks at a time.
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
  v_difference double precision := aquaseed._weight_difference(p_life_stage_no);
  -- Tanks that an incident sorts by size; null: none. Tanks that are moved at a time.
  v_groups integer;
  v_tanks integer := 2;
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
  if v_groups is not null then
    v_tanks := v_groups;
    v_difference := greatest(v_difference, v_grading.weight_difference);
  end if;

  insert into aquaseed.planned_move (batch_no, life_stage_no, source_no, dest_no, day, share, weight_factor)
  with source as (
    select o.assignment_no, o.n, count(*) over () as sources
    from aquaseed._order_sources(p_batch_no, p_life_stage_no - 1, v_tanks) o
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
    select t.start_day, t.start_date, t.geography_id, t.room, t.habitat, t.batch_key,
           p_life_stage_no * 1000 + 100000 as key_no,
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
  -- Tanks of a group: fish of one size into each, the more of them the smaller they are (weight^-0.5, and a little by
  -- chance), for about equal biomass when they leave; the mean weight of the group is kept. By weight^-0.8 the tanks of
  -- the small ones were 1.4 times as full in the end (2026-12).
  grouped as (
    select p.*, round(p.part / sum(p.part) over w * 1e9) / 1e9 as share,
           round(p.factor * sum(p.part) over w / sum(p.part * p.factor) over w * 1e9) / 1e9 as weight_factor
    from (
      select x.*, power(x.factor, -0.5) * exp(0.04 * aquaseed.z(v_draw # x.batch_key, x.key_no + 500 + x.n)) as part
      from (
        select d.assignment_no, d.n, d.dests, m.batch_key, m.key_no, g.first_n, g.members,
               min(d.on_day) over (partition by g.first_n) as on_day,
               case when g.members = 1 then 1
                 else 1 + v_difference * (1 - 2 * ((d.n + t.turn) % g.members) / (g.members - 1)::double precision)
                 end as factor
        from trip d
        cross join manner m
        cross join lateral (
          select (d.n - 1) / v_tanks * v_tanks as first_n,
                 least(v_tanks, d.dests - (d.n - 1) / v_tanks * v_tanks) as members
        ) g
        cross join lateral (
          select floor(g.members * aquaseed.u(v_draw # m.batch_key, m.key_no + g.first_n))::integer as turn
        ) t
        where v_groups is not null or m.span > 0 and m.habitat = 'freshwater'
      ) x
    ) p
    window w as (partition by p.first_n)
  ),
  flow as (
    select g.source_no, g.dest_no, d.on_day, g.share, g.weight_factor
    from aquaseed._plan_grading(p_batch_no, p_life_stage_no, p_seed) g
    join trip d on d.assignment_no = g.dest_no
    cross join manner m
    where v_groups is null and (m.span = 0 or m.habitat = 'sea')
    union all
    -- Over several days a few tanks at a time, or the fish that wait would outgrow the others: graded into as many, on
    -- the same day. Sources and destinations lie along [0, 1): what of a source meets a group.
    select s.assignment_no, d.assignment_no, d.on_day, d.share * o.overlap, d.weight_factor
    from grouped d
    cross join source s
    cross join lateral (
      select (least(s.n * d.dests, (d.first_n + d.members) * s.sources)
              - greatest((s.n - 1) * d.dests, d.first_n * s.sources)) / d.dests::double precision as overlap
    ) o
    where o.overlap > 0
  )
  select p_batch_no, p_life_stage_no, f.source_no, f.dest_no, f.on_day, f.share, f.weight_factor
  from flow f
  where f.share > 0;

  if v_incidents then
    perform aquaseed._note_moves(p_batch_no, p_life_stage_no, v_groups is not null, v_draw);
  end if;
end
$$;

comment on function aquaseed._plan_moves(integer, integer, bigint) is
  'Plans the moves into a stage of a batch: shares of the sources, days, weights of graded fish.';
