-- The assignments of a batch with days before p_until, and how their fish grow: the TGC of the scenario planner's
-- model for geography, season and stage (aquaseed.life_stage_geography where it has none), in the first stage the yolk.
-- TGC is in cube-root weight per 1,000 degree-days, heat is counted in hundredths of a degree-day.
create or replace function aquaseed._growth_paths(p_batch_no integer, p_until date)
returns setof aquaseed.growth_path language sql stable rows 50
set search_path = pg_catalog, pg_temp
as $$
  select p.assignment_no, p.assignment_id, p.container_id, p.stage_id, p.first_day, p.until_day,
         (sum(p.until_day - p.first_day) over (order by p.assignment_no rows unbounded preceding)
           - p.until_day + 1)::integer,
         coalesce(m.tgc, g.tgc, 0) / 100000, y.yolk_from, y.yolk_until, y.yolk_per_day, y.egg_weight_g,
         coalesce(p.least_weight_g, 0)
  from (
    select (a.id - p_batch_no * 100)::integer as assignment_no, a.id as assignment_id, a.container_id,
           l.id as stage_id, l.name as life_stage_name, t.least_weight_g,
           a.assignment_date - b.start_date as first_day,
           least(a.departure_date, p_until) - b.start_date as until_day
    from public.batch_batch b
    join public.batch_batchcontainerassignment a on a.id between p_batch_no * 100 and p_batch_no * 100 + 99
    join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id
    left join aquaseed.life_stage t on t.stage_id = l.id
    where b.id = p_batch_no and a.assignment_date < least(a.departure_date, p_until)
  ) p
  join aquaseed.schedule_batch sb on sb.batch_no = p_batch_no
  left join aquaseed.life_stage t on t.stage_id = p.stage_id
  left join aquaseed.life_stage_geography g on g.life_stage_no = t.life_stage_no and g.geography_id = sb.geography_id
  left join lateral (
    select coalesce(s.tgc_value::double precision, x.tgc_value) as tgc
    from public.scenario_tgcmodel x
    left join public.scenario_tgc_model_stage s on s.tgc_model_id = x.model_id and s.lifecycle_stage = p.life_stage_name
    where x.profile_id = (select aquaseed._temperature_profile(p_batch_no))
    order by x.name collate "C"
    limit 1
  ) m on true
  cross join lateral (
    -- Alevins take up yolk on these days of the batch (docs/decisions/002-alevin-weight.md).
    select t.weight_at_start_g as egg_weight_g,
           coalesce(d.stage_day + t.yolk_from_day::integer, 0) as yolk_from,
           coalesce(d.stage_day + f.days, 0) as yolk_until,
           coalesce((cbrt(t.yolk_weight_g) - cbrt(t.weight_at_start_g)) / (f.days - t.yolk_from_day), 0) as yolk_per_day
    from (
      select min(a.assignment_date) - sb.start_date as stage_day
      from public.batch_batchcontainerassignment a
      where a.id between p_batch_no * 100 and p_batch_no * 100 + 99 and a.lifecycle_stage_id = p.stage_id
    ) d
    left join lateral (
      select coalesce(n.start_day, s.end_day) - s.start_day as days
      from aquaseed.schedule_stay s
      left join aquaseed.schedule_stay n on n.batch_no = s.batch_no and n.life_stage_no = s.life_stage_no + 1
      where s.batch_no = p_batch_no and s.life_stage_no = t.life_stage_no
    ) f on true
  ) y
  order by p.assignment_no
$$;

comment on function aquaseed._growth_paths(integer, date) is
  'The assignments of a batch that the reconstruction covers up to a day, with what makes their fish grow.';
