-- The water in a batch's tanks, per tank and day (docs/realism.md): level[] at noon and swing[] (amplitude over
-- the day) of temperature, oxygen, pH, CO2, NO2, NO3 and NH4, in the order of _sensor_traits. The water of a hall
-- is shared and follows the feed given in it (lambda = today's feed / design feed); egg halls are flow-through.
-- One day more than is emitted, arrays instead of rows, all days or some: as in _ring_water.
create or replace function aquaseed._tank_water(p_batch_no integer, p_seed bigint, p_days integer[])
returns table (
  assignment_no smallint, stage_order smallint, day smallint, level double precision[], swing double precision[]
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_c_base double precision := aquaseed.number('climate.freshwater.co2.base');
  v_c_feed double precision := aquaseed.number('climate.freshwater.co2.feed');
  v_c_exponent double precision := aquaseed.number('climate.freshwater.co2.exponent');
  v_c_diurnal double precision := aquaseed.number('climate.freshwater.co2.diurnal');
  v_c_tau double precision := aquaseed.number('climate.freshwater.co2.tank_noise.tau');
  v_c_sigma double precision := aquaseed.number('climate.freshwater.co2.tank_noise.sigma');
  v_p_base double precision := aquaseed.number('climate.freshwater.ph.base');
  v_p_alkalinity double precision := aquaseed.number('climate.freshwater.ph.alkalinity');
  v_p_tau double precision := aquaseed.number('climate.freshwater.ph.hall_noise.tau');
  v_p_sigma double precision := aquaseed.number('climate.freshwater.ph.hall_noise.sigma');
  v_a_base double precision := aquaseed.number('climate.freshwater.nh4.base');
  v_a_feed double precision := aquaseed.number('climate.freshwater.nh4.feed');
  v_a_diurnal double precision := aquaseed.number('climate.freshwater.nh4.diurnal');
  v_a_tau double precision := aquaseed.number('climate.freshwater.nh4.hall_noise.tau');
  v_a_sigma double precision := aquaseed.number('climate.freshwater.nh4.hall_noise.sigma');
  v_i_base double precision := aquaseed.number('climate.freshwater.no2.base');
  v_i_feed double precision := aquaseed.number('climate.freshwater.no2.feed');
  v_i_lag integer := aquaseed.number('climate.freshwater.no2.feed_lag_days')::integer;
  v_i_start double precision := aquaseed.number('climate.freshwater.no2.start_up');
  v_i_day double precision := aquaseed.number('climate.freshwater.no2.start_up_day');
  v_i_width double precision := aquaseed.number('climate.freshwater.no2.start_up_width');
  v_i_tau double precision := aquaseed.number('climate.freshwater.no2.hall_noise.tau');
  v_i_sigma double precision := aquaseed.number('climate.freshwater.no2.hall_noise.sigma');
  v_n_base double precision := aquaseed.number('climate.freshwater.no3.base');
  v_n_feed double precision := aquaseed.number('climate.freshwater.no3.feed');
  v_n_days integer := aquaseed.number('climate.freshwater.no3.days')::integer;
  v_n_tau double precision := aquaseed.number('climate.freshwater.no3.hall_noise.tau');
  v_n_sigma double precision := aquaseed.number('climate.freshwater.no3.hall_noise.sigma');
  v_o_base double precision := aquaseed.number('climate.freshwater.oxygen.base');
  v_o_feed double precision := aquaseed.number('climate.freshwater.oxygen.feed');
  v_o_diurnal double precision := aquaseed.number('climate.freshwater.oxygen.diurnal');
  v_o_tau double precision := aquaseed.number('climate.freshwater.oxygen.tank_noise.tau');
  v_o_sigma double precision := aquaseed.number('climate.freshwater.oxygen.tank_noise.sigma');
  v_flow_tau double precision := aquaseed.number('climate.freshwater.flow_through.tau');
  v_co2 bigint := aquaseed.stream(p_seed, 'CO2');
  v_alkalinity bigint := aquaseed.stream(p_seed, 'alkalinity');
  v_nh4 bigint := aquaseed.stream(p_seed, 'NH4');
  v_no2 bigint := aquaseed.stream(p_seed, 'NO2');
  v_no3 bigint := aquaseed.stream(p_seed, 'NO3');
  v_oxygen bigint := aquaseed.stream(p_seed, 'oxygen');
  v_flow bigint := aquaseed.stream(p_seed, 'flow-through');
begin
  return query
  with feed as (
    select d.stage_order, d.day, sum(d.feed_1_g + d.feed_2_g)::double precision / 1000 as kg
    from aquaseed.assignment_day d
    where d.batch_no = p_batch_no
    group by d.stage_order, d.day
  ),
  -- The hall's water of each day, shared by its tanks.
  hall_day as materialized (
    select f.day, f.stage_order, n.no, l.lambda,
           case when t.flow_through then 0 else v_c_feed * power(l.lambda, v_c_exponent) end as co2_of_feed,
           v_p_alkalinity * (1 + aquaseed.value_noise(v_alkalinity # h.noise_key, n.no, v_p_tau, v_p_sigma)) as alkalinity,
           v_a_base + v_a_feed * l.lambda + aquaseed.value_noise(v_nh4 # h.noise_key, n.no, v_a_tau, v_a_sigma) as nh4,
           coalesce((select max(i.size) from aquaseed.incident i
                     where i.batch_no = p_batch_no and i.kind = 'water_treatment' and f.day between i.from_day and i.to_day), 0)
             + v_i_base + v_i_feed * lag(l.lambda, v_i_lag, 0::double precision) over w
             + v_i_start * exp(-power((f.day - s.start_day - v_i_day) / v_i_width, 2))
             + aquaseed.value_noise(v_no2 # h.noise_key, n.no, v_i_tau, v_i_sigma) as no2,
           v_n_base + v_n_feed * avg(l.lambda) over (w range between v_n_days - 1 preceding and current row)
             + aquaseed.value_noise(v_no3 # h.noise_key, n.no, v_n_tau, v_n_sigma) as no3,
           t.flow_through, h.noise_key as hall_key
    from feed f
    join aquaseed.schedule_stage s on s.batch_no = p_batch_no and s.stage_order = f.stage_order
    join aquaseed.hall h on h.hall_id = s.hall_id
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    join aquaseed.stage t on t.stage_order = f.stage_order
    cross join lateral (select coalesce(f.kg / nullif(t.design_feed_kg, 0), 0) as lambda) l
    cross join lateral (select aquaseed.day_no(b.start_date + f.day) as no) n
    window w as (partition by f.stage_order order by f.day)
  ),
  tank_day as materialized (
    select d.assignment_no, d.temperature_c, h.*, c.noise_key,
           v_c_base + h.co2_of_feed + aquaseed.value_noise(v_co2 # c.noise_key, h.no, v_c_tau, v_c_sigma) as co2,
           v_o_base - v_o_feed * h.lambda + aquaseed.value_noise(v_oxygen # c.noise_key, h.no, v_o_tau, v_o_sigma) as oxygen
    from aquaseed.assignment_day d
    join aquaseed.schedule_batch b on b.batch_no = d.batch_no
    join hall_day h on h.stage_order = d.stage_order and h.day = d.day
    join aquaseed.container c on c.container_id = d.container_id
    where d.batch_no = p_batch_no and d.day <= b.days and (p_days is null or d.day = any (p_days))
  ),
  flow as (
    select f.name, aquaseed.stream(v_flow, f.name) as seed,
           aquaseed.number('climate.freshwater.flow_through.' || f.name || '.mean') as mean,
           aquaseed.number('climate.freshwater.flow_through.' || f.name || '.sigma') as sigma
    from (values ('Dissolved Oxygen'), ('CO2'), ('NO2'), ('NO3'), ('NH4')) f(name)
  ),
  -- An egg hall: every parameter hovers around its mean.
  flow_day as materialized (
    select h.day, f.name, f.mean + aquaseed.value_noise(f.seed # h.hall_key, h.no, v_flow_tau, f.sigma) as value
    from hall_day h
    cross join flow f
    where h.flow_through and (p_days is null or h.day = any (p_days))
  ),
  flow_level as (
    select f.day,
           max(f.value) filter (where f.name = 'Dissolved Oxygen') as oxygen,
           max(f.value) filter (where f.name = 'CO2') as co2,
           max(f.value) filter (where f.name = 'NO2') as no2,
           max(f.value) filter (where f.name = 'NO3') as no3,
           max(f.value) filter (where f.name = 'NH4') as nh4
    from flow_day f
    group by f.day
  )
  select d.assignment_no, d.stage_order, d.day,
         array[
           d.temperature_c,
           coalesce(f.oxygen, d.oxygen),
           v_p_base + log(44 * d.alkalinity / greatest(coalesce(f.co2, d.co2), 0.5)),
           coalesce(f.co2, d.co2),
           coalesce(f.no2, d.no2),
           coalesce(f.no3, d.no3),
           coalesce(f.nh4, d.nh4)
         ],
         case when d.flow_through then array[0, 0, 0, 0, 0, 0, 0]::double precision[]
           else array[
             0,
             -v_o_diurnal,
             -- pH follows CO2: its swing is the derivative of the logarithm.
             -d.co2_of_feed * v_c_diurnal / greatest(d.co2, 0.5) / ln(10::double precision),
             d.co2_of_feed * v_c_diurnal,
             0,
             0,
             v_a_feed * d.lambda * v_a_diurnal
           ] end
  from tank_day d
  left join flow_level f on d.flow_through and f.day = d.day;
end
$$;

comment on function aquaseed._tank_water(integer, bigint, integer[]) is
  'Daily level and swing of temperature (deg C), oxygen (% saturation), pH, CO2, NO2, NO3 and NH4 (mg/L) in the tanks of a batch.';
