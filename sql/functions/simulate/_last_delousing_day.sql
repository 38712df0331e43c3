-- The last batch day on which a delousing may begin: the withholding days before the slaughter as the farm expects
-- it, by growth of the mean fish at the forecast temperature, and in time for the day that the rings are due: so many
-- working days of slaughter before.
create or replace function aquaseed._last_delousing_day(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns integer language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_growth_sd double precision := aquaseed.number('biology.batch.growth_sd');
  v_growth aquaseed.growth := aquaseed.settings('biology.growth', null::aquaseed.growth);
  v_heat aquaseed.heat_stress := v_growth.heat_stress;
  v_season aquaseed.wave := v_growth.sea_season;
  v_fish_per_day double precision := aquaseed.number('biology.harvest.fish_per_day');
  v_withholding integer := aquaseed.number('health.lice.withholding_days')::integer;
  v_growth_draw bigint := aquaseed.stream(p_seed, 'growth factor');
begin
  return (
    with stock as (
      select sum(a.fish_in) as fish, sum(a.fish_in * a.weight_in_g) / sum(a.fish_in) as weight_in_g,
             min(a.first_day) as first_day
      from aquaseed.assignment a
      join aquaseed.schedule_container c on c.batch_no = a.batch_no and c.assignment_no = a.assignment_no
      where a.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no
    ),
    forecast as (
      select w.day, s.end_day, b.harvest_target_g, k.fish,
             power(power(k.weight_in_g, 1 / 3.0::double precision) + sum(
               g.tgc / 1000 * w.temperature_c
               * (1 - power(greatest(w.temperature_c - v_heat.start, 0) / v_heat.range, 2))
               * (1 + v_season.amplitude * aquaseed.season(aquaseed.day_no(b.start_date + w.day), v_season.phi))
               * (1 + v_growth_sd * aquaseed.z(v_growth_draw # b.batch_key, 0))) over (order by w.day), 3) as weight_g
      from aquaseed._water_temperature(p_batch_no, p_life_stage_no, p_seed) w
      join aquaseed.schedule_batch b on b.batch_no = p_batch_no
      join aquaseed.schedule_stay s on s.batch_no = b.batch_no and s.life_stage_no = p_life_stage_no
      join aquaseed.life_stage_geography g on g.life_stage_no = p_life_stage_no and g.geography_id = b.geography_id
      cross join stock k
      where w.day >= k.first_day
    )
    select least(min(f.day) filter (where f.weight_g >= f.harvest_target_g),
                 (select s.on_date - b.start_date
                  from aquaseed.schedule_batch b
                  join aquaseed.work_day e
                    on e.geography_id = b.geography_id and e.on_date = b.start_date + min(f.end_day) - 1
                  join aquaseed.work_day s
                    on s.geography_id = e.geography_id and s.is_working
                      and s.working_no = e.working_no - ceil(min(f.fish) / v_fish_per_day)::integer + 1
                  where b.batch_no = p_batch_no)) - v_withholding
    from forecast f
  );
end
$$;

comment on function aquaseed._last_delousing_day(integer, integer, bigint) is
  'Last batch day on which a delousing may begin, by the forecast slaughter and the withholding days.';
