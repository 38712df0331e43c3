-- Settings as trees: the sections of config/*.yaml are kept as they are, and functions read a section as a type of its
-- own (aquaseed.settings). Attributes have the names of the keys and must all be there: numbers, lists of numbers, or
-- such types again. Texts and keys that may be missing are read by aquaseed.setting_tree.
-- A type x brings a type _x of its lists: no function may be called either.
-- Why: docs/decisions/020-settings-as-types.md.

-- These read flat settings or return how many there are.
drop function if exists aquaseed._flatten_settings(text, jsonb);
drop function if exists aquaseed._pick_text(text, double precision);
drop function if exists aquaseed.incidents_enabled();
drop function if exists aquaseed.number(text);
drop function if exists aquaseed.load_settings(jsonb, jsonb, jsonb, jsonb, jsonb);

alter table aquaseed.setting add column tree jsonb;
update aquaseed.setting set
  tree = coalesce(to_jsonb(number), case when label in ('true', 'false') then label::jsonb else to_jsonb(label) end);
alter table aquaseed.setting drop column number, drop column label;
-- What is loaded is kept, so that a run can be continued: values are gathered from the leaves to the sections.
do $$
declare
  v_depth integer := (select max(cardinality(string_to_array(s.path, '.'))) from aquaseed.setting s);
begin
  while v_depth > 2 loop
    with child as (
      delete from aquaseed.setting s where cardinality(string_to_array(s.path, '.')) = v_depth
      returning string_to_array(s.path, '.') as path, s.tree
    )
    insert into aquaseed.setting (path, tree)
    select array_to_string(c.path[:v_depth - 1], '.'),
           case when bool_and(c.path[v_depth] ~ '^[0-9]{1,9}$')
             then jsonb_agg(c.tree order by lpad(c.path[v_depth], 9, '0'))
             else jsonb_object_agg(c.path[v_depth], c.tree) end
    from child c
    group by c.path[:v_depth - 1];
    v_depth := v_depth - 1;
  end loop;
end
$$;
alter table aquaseed.setting alter column tree set not null;
comment on table aquaseed.setting is
  'Sections of config/*.yaml as they are, for example climate.sea (scenario and finance are of master-data.yaml).';

-- Shapes that come again ---------------------------------------------------------------------------

create type aquaseed.noise as (tau double precision, sigma double precision);
comment on type aquaseed.noise is 'Value noise: smooth over about tau days, standard deviation sigma.';
create type aquaseed.place_noise as (geography_noise aquaseed.noise, area_noise aquaseed.noise);
comment on type aquaseed.place_noise is 'Noise that all areas of a geography share, and that of an area.';
create type aquaseed.between as ("from" double precision, "to" double precision);
comment on type aquaseed.between is 'Drawn evenly: aquaseed.evenly, or aquaseed.evenly_whole of whole numbers.';
create type aquaseed.spread as (mean double precision, sd double precision);
comment on type aquaseed.spread is 'Mean and standard deviation.';
create type aquaseed.wave as (amplitude double precision, phi double precision);
comment on type aquaseed.wave is 'Wave of the year: highest on day phi of the year.';
create type aquaseed.mean_wave as (mean double precision, amplitude double precision, phi double precision);
comment on type aquaseed.mean_wave is 'Mean and wave of the year.';
create type aquaseed.by_winter as (winter double precision, other double precision, winter_months integer[]);
comment on type aquaseed.by_winter is 'One number in the winter months, another in the others.';
create type aquaseed.sampling_plan as (every_days integer, first_stage_order integer, fish integer);
comment on type aquaseed.sampling_plan is 'Every so many days, from this stage on, so many fish.';

-- Climate ------------------------------------------------------------------------------------------

create type aquaseed.summer_swing as (base double precision, summer double precision, phi double precision);
comment on type aquaseed.summer_swing is 'Swing of a day: the base, and more around day phi of the year.';
create type aquaseed.sea_water_temperature as (
  area_sd aquaseed.mean_wave, geography_noise aquaseed.noise[], area_noise aquaseed.noise[],
  ring_sd double precision, ring_noise aquaseed.noise, diurnal aquaseed.summer_swing
);
comment on type aquaseed.sea_water_temperature is
  'climate.sea.temperature; area_sd: spread of mean, amplitude and phi of the areas.';
create type aquaseed.sea_oxygen as (
  base double precision, spring double precision, spring_phi double precision, reference_density double precision,
  q10_base double precision, reference_temperature double precision, diurnal double precision,
  area_noise aquaseed.noise, ring_noise aquaseed.noise
);
comment on type aquaseed.sea_oxygen is 'climate.sea.oxygen.';
create type aquaseed.sea_salinity as (
  freshets_per_month aquaseed.by_winter, freshet_tau double precision, freshet_memory_days integer,
  ring_noise aquaseed.noise
);
comment on type aquaseed.sea_salinity is 'climate.sea.salinity.';
create type aquaseed.sea_ph as (
  base double precision, spring double precision, spring_phi double precision, density double precision,
  reference_density double precision, diurnal double precision, area_noise aquaseed.noise
);
comment on type aquaseed.sea_ph is 'climate.sea.ph.';

create type aquaseed.tank_co2 as (
  base double precision, feed double precision, exponent double precision, diurnal double precision,
  tank_noise aquaseed.noise
);
comment on type aquaseed.tank_co2 is 'climate.freshwater.co2.';
create type aquaseed.tank_ph as (base double precision, alkalinity double precision, hall_noise aquaseed.noise);
comment on type aquaseed.tank_ph is 'climate.freshwater.ph.';
create type aquaseed.tank_by_feed as (
  base double precision, feed double precision, diurnal double precision, hall_noise aquaseed.noise
);
comment on type aquaseed.tank_by_feed is 'climate.freshwater.by_feed.<parameter>: what follows the feed of the day.';
create type aquaseed.tank_no2 as (
  base double precision, feed double precision, feed_lag_days integer, start_up double precision,
  start_up_day double precision, start_up_width double precision, hall_noise aquaseed.noise
);
comment on type aquaseed.tank_no2 is 'climate.freshwater.no2.';
create type aquaseed.tank_no3 as (
  base double precision, feed double precision, days integer, hall_noise aquaseed.noise
);
comment on type aquaseed.tank_no3 is 'climate.freshwater.no3.';
create type aquaseed.tank_oxygen as (
  base double precision, feed double precision, diurnal double precision, tank_noise aquaseed.noise
);
comment on type aquaseed.tank_oxygen is 'climate.freshwater.oxygen.';

create type aquaseed.site_weather as (
  air aquaseed.mean_wave, wind aquaseed.mean_wave, rain double precision, exposure double precision
);
comment on type aquaseed.site_weather is 'climate.sea.geographies.<name>.sites.<name>.weather.';
create type aquaseed.gale as (min double precision, max double precision);
comment on type aquaseed.gale is 'Mean wind of a day that is too rough to feed, m/s.';
create type aquaseed.wind_direction as (
  mean double precision, geography_noise aquaseed.noise, area_noise aquaseed.noise
);
comment on type aquaseed.wind_direction is 'climate.weather.wind.direction.';
create type aquaseed.wind as (
  geography_noise aquaseed.noise, area_noise aquaseed.noise, storm aquaseed.gale, direction aquaseed.wind_direction
);
comment on type aquaseed.wind is 'climate.weather.wind.';
create type aquaseed.swell as (
  mean double precision, winter double precision, phi double precision, noise aquaseed.noise
);
comment on type aquaseed.swell is 'climate.weather.waves.swell.';
create type aquaseed.wave_period as (base double precision, factor double precision);
comment on type aquaseed.wave_period is 'climate.weather.waves.period.';
create type aquaseed.waves as (
  factor double precision, exponent double precision, swell aquaseed.swell, period aquaseed.wave_period,
  direction_sd double precision
);
comment on type aquaseed.waves is 'climate.weather.waves.';
create type aquaseed.rain as (
  "offset" double precision, wind_share double precision, winter double precision, phi double precision,
  noise aquaseed.noise, area_share double precision, dry_below_mm double precision
);
comment on type aquaseed.rain is 'climate.weather.rain.';
create type aquaseed.cloud as (mean double precision, per_rain double precision, noise aquaseed.noise);
comment on type aquaseed.cloud is 'climate.weather.cloud.';
create type aquaseed.light as (
  clear_noon_lux double precision, cloud_loss double precision, cloud_exponent double precision
);
comment on type aquaseed.light is 'climate.weather.light.';

-- Biology ------------------------------------------------------------------------------------------

create type aquaseed.heat_stress as (start double precision, range double precision);
comment on type aquaseed.heat_stress is 'Where growth begins to fall (deg C), and over which range.';
create type aquaseed.sea_entry as ("from" double precision, days double precision);
comment on type aquaseed.sea_entry is 'Growth after sea entry: from this factor to 1 over so many days.';
create type aquaseed.growth as (
  heat_stress aquaseed.heat_stress, sea_season aquaseed.wave, sea_entry aquaseed.sea_entry
);
comment on type aquaseed.growth is 'biology.growth.';
create type aquaseed.batch_spread as (growth_sd double precision, container_growth_sd double precision);
comment on type aquaseed.batch_spread is
  'biology.batch: how growth differs between batches and between their containers.';
create type aquaseed.morning_share as (mean double precision, sd double precision, max_deviation double precision);
comment on type aquaseed.morning_share is 'biology.feeding.morning_share.';
create type aquaseed.fasting_days as (
  vaccination integer, transfer integer, sea_transfer integer, harvest integer
);
comment on type aquaseed.fasting_days is 'biology.feeding.fasting_days.';
create type aquaseed.feeding as (
  appetite aquaseed.noise, morning_share aquaseed.morning_share, fasting_days aquaseed.fasting_days,
  half_ration_days integer, storm aquaseed.by_winter, overlap_days integer
);
comment on type aquaseed.feeding is 'biology.feeding.';
create type aquaseed.feeding_hours as (first double precision, last double precision);
comment on type aquaseed.feeding_hours is 'biology.feeding.hours.';
create type aquaseed.feeding_summary as (very_high_samples integer, high_samples integer, medium_samples integer);
comment on type aquaseed.feeding_summary is 'biology.feeding.summary.';
create type aquaseed.feed_stock as (
  reorder_below_share double precision, reorder_below_days integer, look_ahead_days integer,
  share_per_feed double precision, load_share double precision, smallest_load_kg double precision,
  clean_out_days integer, opening_days integer
);
comment on type aquaseed.feed_stock is 'biology.feed_stock.';
create type aquaseed.mortality_noise as (
  batch double precision, tank double precision, ring double precision, container double precision,
  container_tau double precision, day double precision
);
comment on type aquaseed.mortality_noise is 'biology.mortality.noise.';
create type aquaseed.fish_sampling as (condition_factor_sd double precision, lognormal_below_g double precision);
comment on type aquaseed.fish_sampling is 'biology.sampling: how single fish differ.';
create type aquaseed.downgrades as (
  ring_sd double precision, event_sd double precision, winter double precision, winter_months integer[]
);
comment on type aquaseed.downgrades is 'biology.harvest.downgrades.';
create type aquaseed.harvest_waste as (blood_share double precision, dead_on_arrival double precision);
comment on type aquaseed.harvest_waste is 'biology.harvest.waste.';
create type aquaseed.harvest as (
  individual_weight_cv double precision, downgrades aquaseed.downgrades, gutted_share aquaseed.spread,
  fillet_share aquaseed.spread
);
comment on type aquaseed.harvest is 'biology.harvest.';
create type aquaseed.state_confidence as (
  growth_sample double precision, transfer double precision, vaccination double precision, computed double precision,
  measured_temperature double precision, profile_temperature double precision
);
comment on type aquaseed.state_confidence is 'biology.assimilation.confidence.';
create type aquaseed.feed_conversion as (least_gain_kg numeric, most numeric);
comment on type aquaseed.feed_conversion is 'biology.assimilation.fcr.';

-- Health -------------------------------------------------------------------------------------------

create type aquaseed.lice_growth as (
  rate double precision, q10 double precision, reference double precision, min double precision, max double precision
);
comment on type aquaseed.lice_growth is 'health.lice.growth.';
create type aquaseed.lice_infection as (rate double precision, sd double precision);
comment on type aquaseed.lice_infection is 'health.lice.infection.';
create type aquaseed.lice_threshold as (other double precision, spring double precision, spring_months integer[]);
comment on type aquaseed.lice_threshold is 'health.lice.threshold.';
create type aquaseed.lice as (
  fixed_days integer[], free_days integer, growth aquaseed.lice_growth, infection aquaseed.lice_infection,
  threshold aquaseed.lice_threshold, response_days integer, rings_per_day integer, ring aquaseed.spread
);
comment on type aquaseed.lice is 'health.lice.';
create type aquaseed.delousing as (residual double precision, residual_sd double precision);
comment on type aquaseed.delousing is 'health.delousing.<method>: adult females left.';
create type aquaseed.emergency as (above double precision, residual double precision, hazard_factor double precision);
comment on type aquaseed.emergency is 'health.emergency.';
create type aquaseed.after_delousing as (
  fasting_days integer, growth_from double precision, growth_days double precision
);
comment on type aquaseed.after_delousing is 'health.after_delousing.';
create type aquaseed.caligus as (
  low double precision, high double precision, phi double precision, tau double precision, sigma double precision,
  settle_days double precision
);
comment on type aquaseed.caligus is 'health.lice_count.caligus.';
create type aquaseed.detection as (share double precision, confidence double precision, sd double precision);
comment on type aquaseed.detection is 'health.lice_count.detection.<method>.';
create type aquaseed.detections as (
  manual aquaseed.detection, visual aquaseed.detection, camera aquaseed.detection
);
comment on type aquaseed.detections is 'health.lice_count.detection.';
create type aquaseed.lice_count as (
  every_days integer, fish integer, dispersion double precision, caligus aquaseed.caligus,
  detection aquaseed.detections
);
comment on type aquaseed.lice_count is 'health.lice_count.';
create type aquaseed.vaccination_record as (
  duration_days integer, withholding_days integer, outcome_days integer, weighing_share double precision,
  successful_share double precision
);
comment on type aquaseed.vaccination_record is 'health.treatment.vaccination.';
create type aquaseed.delousing_record as (
  duration_days integer, outcome_days integer, successful_from double precision, partial_from double precision
);
comment on type aquaseed.delousing_record is 'health.treatment.delousing.';
create type aquaseed.journal_mortality as (days integer, raised double precision, high double precision);
comment on type aquaseed.journal_mortality is 'health.journal.mortality.';
create type aquaseed.journal as (
  every_days integer, mortality aquaseed.journal_mortality, lice double precision, after_treatment_days integer,
  closed_after_days integer, winter_months integer[], autumn_months integer[]
);
comment on type aquaseed.journal is 'health.journal.';
create type aquaseed.health_scoring as (
  cut_points double precision[], ring_sd double precision, fish_sd double precision, disease double precision,
  bloom_days integer
);
comment on type aquaseed.health_scoring is 'health.sampling.';
create type aquaseed.screening as (first_day integer, every_days integer);
comment on type aquaseed.screening is 'health.laboratory.screening.';

-- Incidents ----------------------------------------------------------------------------------------

create type aquaseed.manual_reading as (
  share double precision, same_day double precision, next_day double precision, three_days double precision
);
comment on type aquaseed.manual_reading is 'incidents.manual_reading.';
create type aquaseed.plan_slips as (
  share double precision, days_mean double precision, days_sd double precision, overdue_share double precision
);
comment on type aquaseed.plan_slips is 'incidents.plan_slips.';
create type aquaseed.thinning_harvest as (
  batches double precision, at_most integer, share aquaseed.between, weight_kg aquaseed.between
);
comment on type aquaseed.thinning_harvest is 'incidents.thinning_harvest.';
create type aquaseed.grading as (
  transitions double precision, destinations aquaseed.between, weight_difference double precision
);
comment on type aquaseed.grading is 'incidents.grading.';

create type aquaseed.incident_stage as (
  batch_no integer, batch_key bigint, batch_name text, start_date date, stage_order smallint, geography text,
  habitat text, meals_per_day smallint, first_day integer, last_day integer, first_year integer, last_year integer,
  site_key bigint, site text
);
comment on type aquaseed.incident_stage is
  'A stage of a batch as incidents see it: its batch days and years, and the hall or area with the key of its draws.';
create type aquaseed.drawn_incident as (
  kind text, assignment_no smallint, parameter_no smallint, slot smallint, from_day integer, days integer,
  size double precision, level double precision, place text, incident_key bigint, detail text
);
comment on type aquaseed.drawn_incident is
  'An incident as a place draws it, whether or not the batch is there: columns as in aquaseed.incident.';

-- What kinds there are stands in aquaseed.list_incident_kinds.
alter table aquaseed.incident drop constraint incident_kind_check;
comment on column aquaseed.incident.kind is 'One of aquaseed.list_incident_kinds.';
comment on column aquaseed.incident.size is 'What it means depends on the kind: aquaseed.list_incident_kinds.';
