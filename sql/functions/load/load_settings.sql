-- Fills the settings and the rule tables from biology, climate, health, incidents and work.yaml and from the sections
-- of master-data.yaml that functions read (as JSON).
-- Needs the master data (stages, feeds, parameters, grades are found by name). Replaces what was there.
create or replace function aquaseed.load_settings(
  p_biology jsonb, p_climate jsonb, p_health jsonb, p_incidents jsonb, p_work jsonb, p_master jsonb
)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from aquaseed.setting;
  insert into aquaseed.setting (path, tree)
  select d.root || '.' || s.key, s.value
  from (values
    ('biology', p_biology), ('climate', p_climate), ('health', p_health), ('incidents', p_incidents), ('work', p_work),
    ('scenario', p_master -> 'scenario'), ('finance', p_master -> 'finance'),
    ('planning', jsonb_build_object('activity_templates', p_master -> 'activity_templates'))
  ) d(root, tree)
  cross join lateral jsonb_each(d.tree) s;

  insert into aquaseed.life_stage
  select (s.value ->> 'order')::smallint, l.id, s.value ->> 'key', s.value ->> 'habitat',
         (s.value ->> 'days')::integer,
         coalesce((s.value ->> 'survival_days')::integer, (s.value ->> 'days')::integer),
         (s.value ->> 'weight_at_start_g')::double precision,
         (s.value #>> '{yolk,from_day}')::double precision,
         (s.value #>> '{yolk,weight_at_end_g}')::double precision,
         (s.value ->> 'biological_fcr')::double precision,
         (s.value ->> 'meals_per_day')::smallint,
         (s.value #>> '{condition_factor,from}')::double precision,
         (s.value #>> '{condition_factor,to}')::double precision,
         (s.value #>> '{weight_cv,from}')::double precision,
         (s.value #>> '{weight_cv,to}')::double precision,
         coalesce((w.value ->> 'flow_through')::boolean, false),
         (w.value ->> 'temperature')::double precision,
         (w.value #>> '{ramp,from}')::double precision,
         (w.value #>> '{ramp,days}')::double precision,
         (w.value ->> 'hall_sd')::double precision,
         (w.value ->> 'tank_sd')::double precision,
         (w.value ->> 'reading_sd')::double precision,
         (w.value ->> 'design_feed_kg')::double precision, (m.value ->> 'expected_weight_min_g')::double precision
  from jsonb_array_elements(p_biology -> 'stages') s(value)
  join public.batch_lifecyclestage l on l.name = s.value ->> 'name'
  left join lateral (select p_climate #> array['freshwater', 'stages', s.value ->> 'key']) w(value) on true
  left join jsonb_array_elements(p_master -> 'lifecycle_stages') m(value) on m.value ->> 'key' = s.value ->> 'key'
  on conflict (life_stage_no) do update set
    stage_id = excluded.stage_id, life_stage_key = excluded.life_stage_key, habitat = excluded.habitat,
    days = excluded.days, survival_days = excluded.survival_days,
    weight_at_start_g = excluded.weight_at_start_g, yolk_from_day = excluded.yolk_from_day,
    yolk_weight_g = excluded.yolk_weight_g, biological_fcr = excluded.biological_fcr,
    meals_per_day = excluded.meals_per_day, k_from = excluded.k_from, k_to = excluded.k_to,
    cv_from = excluded.cv_from, cv_to = excluded.cv_to, flow_through = excluded.flow_through,
    temperature_c = excluded.temperature_c, ramp_from_c = excluded.ramp_from_c,
    ramp_days = excluded.ramp_days, hall_sd = excluded.hall_sd, tank_sd = excluded.tank_sd,
    temperature_reading_sd = excluded.temperature_reading_sd, design_feed_kg = excluded.design_feed_kg,
    least_weight_g = excluded.least_weight_g;

  delete from aquaseed.life_stage_geography;
  insert into aquaseed.life_stage_geography (life_stage_no, geography_id, tgc, survival)
  select (s.value ->> 'order')::smallint, g.id,
         (case jsonb_typeof(s.value -> 'tgc') when 'object' then s.value -> 'tgc' -> g.name
          else s.value -> 'tgc' end #>> '{}')::double precision,
         (case jsonb_typeof(s.value -> 'survival') when 'object' then s.value -> 'survival' -> g.name
          else s.value -> 'survival' end #>> '{}')::double precision
  from jsonb_array_elements(p_biology -> 'stages') s(value)
  cross join (
    select x.id, x.name
    from aquaseed.master_row m
    join public.infrastructure_geography x on x.id = m.id
    where m.table_name = 'infrastructure_geography'
  ) g
  where (jsonb_typeof(s.value -> 'tgc') <> 'object' or s.value -> 'tgc' ? g.name)
    and (jsonb_typeof(s.value -> 'survival') <> 'object' or s.value -> 'survival' ? g.name);

  delete from aquaseed.mortality_shape;
  insert into aquaseed.mortality_shape (life_stage_no, shape_no, shape, share, tau, centre, width, days)
  select t.life_stage_no, m.ordinality, m.value ->> 'shape', (m.value ->> 'share')::double precision,
         (m.value ->> 'tau')::double precision, (m.value ->> 'day')::double precision,
         (m.value ->> 'width')::double precision, (m.value ->> 'days')::double precision
  from jsonb_each(p_biology #> '{mortality,shapes}') s(key, value)
  join aquaseed.life_stage t on t.life_stage_key = s.key
  cross join lateral jsonb_array_elements(s.value) with ordinality m(value, ordinality);

  delete from aquaseed.mortality_cause;
  insert into aquaseed.mortality_cause (habitat, cause, share_from, share_to)
  select c.habitat, c.cause, (c.upto - c.weight) / c.total, c.upto / c.total
  from (
    select h.key as habitat, w.key as cause, w.value::double precision as weight,
           sum(w.value::double precision) over (partition by h.key order by w.key collate "C") as upto,
           sum(w.value::double precision) over (partition by h.key) as total
    from jsonb_each(p_biology #> '{mortality,causes}') h(key, value)
    cross join lateral jsonb_each_text(h.value) w(key, value)
  ) c;

  delete from aquaseed.pulse;
  insert into aquaseed.pulse (kind, hazard, tau, cause)
  select p.key, (p.value ->> 'hazard')::double precision, (p.value ->> 'tau')::double precision, p.value ->> 'cause'
  from (
    select * from jsonb_each(p_biology #> '{mortality,pulses}')
    union all
    select * from jsonb_each(p_health -> 'delousing')
  ) p(key, value);

  delete from aquaseed.pellet;
  insert into aquaseed.pellet (pellet_no, feed_id, from_g, up_to_g, price_per_kg)
  select p.ordinality, f.id,
         coalesce(lag((p.value ->> 'up_to_g')::double precision) over (order by p.ordinality), 0),
         coalesce((p.value ->> 'up_to_g')::double precision, 'infinity'),
         (p.value ->> 'price_eur_kg')::double precision
  from jsonb_array_elements(p_biology #> '{feeding,pellets}') with ordinality p(value, ordinality)
  join public.inventory_feed f on f.name = p.value ->> 'feed';

  insert into aquaseed.parameter (parameter_no, parameter_id, name, scale, step, highest)
  select row_number() over (order by m.no) - 1, e.id, e.name, round(1 / (r.value)::double precision),
         r.value::numeric(10, 4), (c.value ->> 'max_value')::double precision
  from jsonb_each_text(p_climate #> '{readings,resolution}') r(key, value)
  join public.environmental_environmentalparameter e on e.name = r.key
  join aquaseed.master_row m on m.table_name = 'environmental_environmentalparameter' and m.id = e.id
  join jsonb_array_elements(p_master -> 'environmental_parameters') c(value) on c.value ->> 'name' = e.name
  on conflict (parameter_no) do update set
    parameter_id = excluded.parameter_id, name = excluded.name, scale = excluded.scale, step = excluded.step,
    highest = excluded.highest;

  delete from aquaseed.reading_hour;
  insert into aquaseed.reading_hour (slot, hour)
  select h.ordinality - 1, (h.value #>> '{}')::smallint
  from jsonb_array_elements(p_climate #> '{readings,hours}') with ordinality h(value, ordinality);

  delete from aquaseed.grade;
  insert into aquaseed.grade (grade_no, grade_id, share, weight_factor)
  select row_number() over (order by m.no), g.id, s.value::double precision,
         (p_biology #>> array['harvest', 'grade_weight', s.key])::double precision
  from jsonb_each_text(p_biology #> '{harvest,grades}') s(key, value)
  join public.harvest_productgrade g on g.code = s.key
  join aquaseed.master_row m on m.table_name = 'harvest_productgrade' and m.id = g.id;
end
$$;

comment on function aquaseed.load_settings(jsonb, jsonb, jsonb, jsonb, jsonb, jsonb) is
  'Load biology, climate, health, incidents, work and parts of master-data.yaml: settings and rule tables. Repeatable.';
