-- What procedures and incidents do to a container, day by day: extra hazard by cause, a factor on the background
-- hazard (disease), a factor on growth (and so on feed), days without feed. One row per container and day of a stage.
create or replace function aquaseed._daily_effects(p_batch_no integer, p_stage_order integer)
returns table (
  assignment_no smallint, day smallint, handling double precision, handling_cause text,
  environmental double precision, predation double precision, disease double precision, growth double precision,
  fasting boolean
)
language plpgsql stable
set search_path = ''
as $$
declare
  v_fast_transfer integer := aquaseed.number('biology.feeding.fasting_days.transfer')::integer;
  v_fast_sea integer := aquaseed.number('biology.feeding.fasting_days.sea_transfer')::integer;
  v_fast_delousing integer := aquaseed.number('health.after_delousing.fasting_days')::integer;
  v_entry_from double precision := aquaseed.number('biology.growth.sea_entry.from');
  v_entry_days double precision := aquaseed.number('biology.growth.sea_entry.days');
  v_delousing_from double precision := aquaseed.number('health.after_delousing.growth_from');
  v_delousing_days double precision := aquaseed.number('health.after_delousing.growth_days');
  v_emergency double precision := aquaseed.number('health.emergency.hazard_factor');
  v_rise double precision := aquaseed.number('incidents.disease.rise_days');
  v_appetite double precision := aquaseed.number('incidents.disease.appetite');
  v_dead double precision := aquaseed.number('incidents.water_treatment.dead');
begin
  return query
  with container as (
    select a.assignment_no, a.first_day, a.last_day, t.habitat, t.stage_order > x.first_order as has_moved
    from aquaseed.assignment a
    join aquaseed.schedule_container c on c.batch_no = a.batch_no and c.assignment_no = a.assignment_no
    join aquaseed.stage t on t.stage_order = c.stage_order
    cross join (select min(y.stage_order) as first_order from aquaseed.stage y) x
    where a.batch_no = p_batch_no and c.stage_order = p_stage_order
  ),
  -- Procedures that leave extra deaths behind: the arrival, vaccinations, delousings.
  procedure as materialized (
    select c.assignment_no, c.first_day as on_day, p.hazard, p.tau, p.cause, false as is_delousing
    from container c
    join aquaseed.pulse p on p.kind = case c.habitat when 'sea' then 'sea_entry' else 'transfer' end
    where c.has_moved
    union all
    select c.assignment_no, r.day, p.hazard * case when r.emergency then v_emergency else 1 end, p.tau, p.cause,
           r.kind = 'delousing'
    from container c
    join aquaseed.procedure r on r.batch_no = p_batch_no and r.assignment_no = c.assignment_no
    join aquaseed.pulse p on p.kind = r.method
  ),
  departure as materialized (
    select m.source_no, m.day, case t.habitat when 'sea' then v_fast_sea else v_fast_transfer end as fasting_days
    from aquaseed.planned_move m
    join aquaseed.stage t on t.stage_order = m.stage_order
    where m.batch_no = p_batch_no and m.stage_order = p_stage_order + 1
  ),
  incident as materialized (
    select i.kind, i.assignment_no, i.from_day, i.to_day, i.size, i.to_day - i.from_day + 1 as days
    from aquaseed.incident i
    where i.batch_no = p_batch_no and i.stage_order = p_stage_order
      and i.kind in ('disease', 'algae', 'jellyfish', 'storm', 'predator', 'water_treatment', 'low_oxygen', 'feed_stock_out')
  )
  select c.assignment_no, d.day::smallint, coalesce(p.handling, 0), p.cause, coalesce(i.environmental, 0), coalesce(i.predation, 0),
         coalesce(i.disease, 1),
         case when c.habitat = 'sea' and c.has_moved
           then v_entry_from + (1 - v_entry_from) * least(1, (d.day - c.first_day) / v_entry_days) else 1 end
           * coalesce(p.growth, 1) * coalesce(i.growth, 1),
         coalesce(p.fasting, false) or coalesce(i.fasting, false)
           or exists (select from departure m where m.source_no = c.assignment_no and m.day - d.day between 1 and m.fasting_days)
  from container c
  cross join lateral generate_series(c.first_day::integer, c.last_day::integer) d(day)
  left join lateral (
    select sum(x.hazard * exp(-(d.day - x.on_day) / x.tau) * (1 - exp(-1 / x.tau))) filter (where x.on_day <= d.day) as handling,
           (array_agg(x.cause order by x.on_day desc) filter (where x.on_day <= d.day))[1] as cause,
           min(v_delousing_from + (1 - v_delousing_from) * (d.day - x.on_day) / v_delousing_days)
             filter (where x.is_delousing and d.day >= x.on_day and d.day < x.on_day + v_delousing_days) as growth,
           bool_or(x.is_delousing and x.on_day - d.day between 1 and v_fast_delousing) as fasting
    from procedure x
    where x.assignment_no = c.assignment_no
  ) p on true
  left join lateral (
    select sum(case x.kind when 'algae' then -ln(1 - x.size) / x.days
                           when 'jellyfish' then -ln(1 - x.size) / x.days
                           when 'storm' then case when d.day = x.to_day then -ln(1 - x.size) else 0 end
                           when 'water_treatment' then v_dead / x.days
                           when 'low_oxygen' then v_dead else 0 end) as environmental,
           sum(case x.kind when 'predator' then -ln(1 - x.size) / x.days else 0 end) as predation,
           max(case when x.kind = 'disease' then 1 + (x.size - 1) * case when d.day - x.from_day < v_rise
                 then (d.day - x.from_day + 1) / v_rise
                 else exp(-3 * (d.day - x.from_day - v_rise) / (x.days - v_rise)) end end) as disease,
           min(case x.kind when 'disease' then v_appetite when 'feed_stock_out' then 1 - x.size else 1 end) as growth,
           bool_or(x.kind = 'storm' or x.kind = 'feed_stock_out' and x.size = 1) as fasting
    from incident x
    where d.day between x.from_day and x.to_day and (x.assignment_no is null or x.assignment_no = c.assignment_no)
  ) i on true;
end
$$;

comment on function aquaseed._daily_effects(integer, integer) is
  'Per container and day of a stage: hazard of handling, environment and predators, factors of disease (hazard) and growth, fasting.';
