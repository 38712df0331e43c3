-- What a batch meets in a stage, day by day, whatever the container: background hazard, fasting days and rations.
-- One row per day that a container may be used for. The background is the stage's hazard less what is expected of
-- its procedures (arrival, vaccinations, delousings), so that a stage survives as planned.
create or replace function aquaseed._calendar(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns table (day smallint, background double precision, fasting boolean, ration double precision)
language plpgsql stable rows 50
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_fasting aquaseed.fasting_days := aquaseed.settings('biology.feeding.fasting_days', null::aquaseed.fasting_days);
  v_half_days integer := aquaseed.number('biology.feeding.half_ration_days')::integer;
  v_season aquaseed.wave := aquaseed.settings('biology.mortality.sea_season', null::aquaseed.wave);
  v_delousing double precision := aquaseed.number('health.after_delousing.expected_hazard');
begin
  return query
  with stage as (
    -- A stage ends where the next begins, which is a working day some days before or after those of biology.yaml; its
    -- containers may be kept longer while the fish move.
    select s.start_day, coalesce(n.start_day, s.end_day) as end_day, s.end_day as kept_until, t.habitat,
           case t.habitat when 'sea' then t.survival_days else n.start_day - s.start_day end as survival_days,
           b.start_date, a.noise_key as area_key, -ln(g.survival) as hazard
    from aquaseed.schedule_stay s
    join aquaseed.life_stage t on t.life_stage_no = s.life_stage_no
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    join aquaseed.life_stage_geography g on g.life_stage_no = s.life_stage_no and g.geography_id = b.geography_id
    left join aquaseed.schedule_stay n on n.batch_no = s.batch_no and n.life_stage_no = s.life_stage_no + 1
    left join aquaseed.area a on a.area_id = s.area_id
    where s.batch_no = p_batch_no and s.life_stage_no = p_life_stage_no
  ),
  vaccination as (
    select v.day as on_day from aquaseed._vaccination_days(p_batch_no) v
  ),
  expected as (
    select sum(x.hazard) as hazard
    from (
      select p.hazard * (1 - exp(-(least(s.end_day, s.start_day + s.survival_days) - v.on_day) / p.tau)) as hazard
      from stage s
      join vaccination v on v.on_day >= s.start_day and v.on_day < s.end_day
      join aquaseed.pulse p on p.kind = 'injection'
      union all
      select p.hazard * (1 - exp(-least(s.end_day - s.start_day, s.survival_days) / p.tau))
      from stage s
      join aquaseed.pulse p on p.kind = case s.habitat when 'sea' then 'sea_entry' else 'transfer' end
      where s.start_day > 0
      union all
      select v_delousing from stage s where s.habitat = 'sea'
    ) x
  ),
  storm as materialized (
    select d.on_date
    from stage s
    cross join lateral
      aquaseed._storm_days(s.area_key, p_seed, s.start_date + s.start_day, s.start_date + s.kept_until - 1) d
    where s.habitat = 'sea'
  ),
  days as (
    select x.at_day, s.*, x.at_day - s.start_day as stage_day
    from stage s
    cross join lateral generate_series(s.start_day, s.kept_until - 1) x(at_day)
  ),
  shaped as (
    select m.at_day, sum(m.share * m.raw / m.total) as density
    from (
      select x.at_day, ms.share, w.raw,
             sum(w.raw) filter (where x.at_day < x.end_day) over (partition by ms.shape_no) as total
      from aquaseed.mortality_shape ms
      cross join days x
      cross join lateral (
        select case ms.shape
                 when 'early' then exp(-x.stage_day / ms.tau)
                 when 'bell' then exp(-0.5 * power((x.stage_day - ms.centre) / ms.width, 2))
                 when 'late' then (x.at_day >= x.end_day - ms.days and x.at_day < x.end_day)::integer
               end as raw
      ) w
      where ms.life_stage_no = p_life_stage_no
    ) m
    group by m.at_day
  ),
  rest as (
    select greatest(0, s.hazard - coalesce(e.hazard, 0)) as hazard,
           coalesce((select sum(ms.share) from aquaseed.mortality_shape ms where ms.life_stage_no = p_life_stage_no), 0)
             as shaped_share
    from stage s cross join expected e
  )
  select d.at_day::smallint,
         r.hazard * (coalesce(s.density, 0) + (1 - r.shaped_share) / d.survival_days
           * case d.habitat when 'sea'
               then 1 + v_season.amplitude * aquaseed.season(aquaseed.day_no(d.start_date + d.at_day), v_season.phi)
               else 1 end),
         exists (select from vaccination v where v.on_day - d.at_day between 1 and v_fasting.vaccination)
           or d.start_date + d.at_day in (select x.on_date from storm x),
         case when exists (select from vaccination v where d.at_day - v.on_day between 0 and v_half_days - 1)
           then 0.5 else 1.0 end::double precision
  from days d
  cross join rest r
  left join shaped s on s.at_day = d.at_day
  order by d.at_day;
end
$$;

comment on function aquaseed._calendar(integer, integer, bigint) is
  'Day by day for one stage of a batch: background hazard, fasting, ration (1 or 0.5), for all its containers.';
