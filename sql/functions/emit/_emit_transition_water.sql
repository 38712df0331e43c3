-- The water in which each transfer took place (its first day): that of the sources on the day before, weighted by
-- the fish that leave them; for the move to sea also the salinity and temperature that await the fish in the rings.
create or replace function aquaseed._emit_transition_water(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('environmental_stagetransitionenvironmental');
  v_nh4 integer := (
    select min(t.place)
    from aquaseed._sensor_traits() t join aquaseed.parameter p on p.parameter_no = t.parameter_no
    where p.name = 'NH4'
  );
  v_sea_day integer;
  v_eves integer[];
  v_rows bigint;
begin
  select min(t.day) into v_sea_day
  from aquaseed.transfer t
  join aquaseed.life_stage g on g.life_stage_no = t.life_stage_no and g.habitat = 'sea'
  join aquaseed.schedule_batch b on b.batch_no = t.batch_no and t.day < b.days
  where t.batch_no = p_batch_no;
  v_eves := array(
    select min(t.day) - 1 from aquaseed.transfer t where t.batch_no = p_batch_no group by t.life_stage_no
  );

  insert into public.environmental_stagetransitionenvironmental
    (id, temperature, oxygen, salinity, ph, additional_parameters, notes, created_at, updated_at,
     batch_transfer_workflow_id)
  select p_batch_no * v_block + s.life_stage_no, round(s.level[1]::numeric, 2), round(s.level[2]::numeric, 2),
         round(r.salinity::numeric, 2), round(s.level[3]::numeric, 2),
         jsonb_strip_nulls(jsonb_build_object(
           'co2', round(s.level[4]::numeric, 2), 'no2', round(s.level[5]::numeric, 4),
           'no3', round(s.level[6]::numeric, 2), 'nh4', round(s.level[v_nh4]::numeric, 4),
           'destination_temperature', round(r.temperature::numeric, 2))),
         '', w.at, w.at, p_batch_no * aquaseed.id_block('batch_batchtransferworkflow') + s.life_stage_no
  from aquaseed.schedule_batch b
  cross join lateral (
    select x.life_stage_no, x.day, array_agg(x.value order by x.place) as level
    from (
      select t.life_stage_no, min(t.day) as day, l.place, sum(t.fish * l.value) / sum(t.fish) as value
      from aquaseed.transfer t
      join aquaseed._tank_water(p_batch_no, p_seed, v_eves) k on k.assignment_no = t.source_no and k.day = t.day - 1
      cross join lateral unnest(k.level) with ordinality l(value, place)
      where t.batch_no = p_batch_no and t.day < b.days
        and t.day = (select min(y.day) from aquaseed.transfer y
                     where y.batch_no = t.batch_no and y.life_stage_no = t.life_stage_no)
      group by t.life_stage_no, l.place
    ) x
    group by x.life_stage_no, x.day
  ) s
  left join lateral (
    select avg(x.level[1]) as temperature, avg(x.level[4]) as salinity
    from aquaseed._ring_water(p_batch_no, p_seed, array[v_sea_day]) x
    where x.day = v_sea_day and x.life_stage_no = s.life_stage_no
  ) r on s.day = v_sea_day
  -- Written down with the first move.
  cross join lateral (
    select (b.start_date + s.day)::timestamp at time zone 'UTC' + make_interval(mins => min(k.begins + k.takes)) as at
    from aquaseed._move_clock(p_batch_no, p_seed) k
    join aquaseed.transfer x
      on x.batch_no = p_batch_no and x.action_no = k.action_no and x.life_stage_no = s.life_stage_no and x.day = s.day
  ) w
  where b.batch_no = p_batch_no
    -- No move, no water: both are computed only where they are needed.
    and exists (select from aquaseed.transfer t where t.batch_no = p_batch_no and t.day < b.days);
  get diagnostics v_rows = row_count;
  return jsonb_build_object('environmental_stagetransitionenvironmental', v_rows);
end
$$;

comment on function aquaseed._emit_transition_water(integer, bigint) is
  'environmental_stagetransitionenvironmental of one batch, one per transfer workflow (deg C, % saturation, ppt).';
