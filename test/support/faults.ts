/**
 * Damage that checks have to notice: what is wrong, the statement that makes it so in a generated demo farm, the checks
 * that are for it and the metrics of them that fail. `npm run faults` shows what all other checks say.
 */

const mortality = 'check_01_mass_balance';
const someRing = `(select min(c.id) from public.infrastructure_container c
  join public.batch_batchcontainerassignment a on a.container_id = c.id where c.area_id is not null)`;
const temperature = `(select id from public.environmental_environmentalparameter where name = 'Temperature')`;
const seaSample = `
  select s.container_id from aquaseed._sample_stays('sea') s
  union select x.series_id from aquaseed._sea_temperature('ring') x`;
const anyBatch = `(select min(id) from public.batch_batch)`;

export const FAULTS: [what: string, sql: string, checks: string, metrics: string[]][] = [
  [
    'a mortality event is gone',
    `delete from public.batch_mortalityevent where id = (select min(id) from public.batch_mortalityevent)`,
    mortality,
    ['1.assignment', '1.batch'],
  ],
  [
    'a fish is counted twice on the way to the next stage',
    `update public.batch_transferaction set transferred_count = transferred_count + 1
     where id = (select min(id) from public.batch_transferaction)`,
    mortality,
    ['1.assignment', '1.closed', '1.day', '1.transition'],
  ],
  [
    'a harvest lot lacks a fish',
    `update public.harvest_harvestlot set unit_count = unit_count - 1
     where id = (select min(id) from public.harvest_harvestlot)`,
    mortality,
    ['1.assignment', '1.batch'],
  ],
  [
    'fish died before they came',
    `update public.batch_mortalityevent set event_date = event_date - 400
     where id = (select max(id) from public.batch_mortalityevent where batch_id = ${anyBatch})`,
    mortality,
    ['1.day'],
  ],
  [
    'all smolts die twice',
    `update public.batch_mortalityevent m set count = count * 10
     from public.batch_batchcontainerassignment a
     join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id and l.name = 'Smolt'
     where a.id = m.assignment_id`,
    'check_05_stage_survival',
    ['5.smolt'],
  ],
  [
    'a stage ends too heavy',
    `update public.batch_batchcontainerassignment a set avg_weight_g = avg_weight_g * 2
     from public.batch_lifecyclestage l where l.id = a.lifecycle_stage_id and l.name = 'Parr'`,
    'check_07_stage_end_weight',
    ['7.parr'],
  ],
  [
    'fish eat and do not grow',
    `update aquaseed.assignment_day set weight_g = weight_start_g where life_stage_no = 2 and day % 10 = 0`,
    'check_08_fed_without_growth',
    ['8.fry'],
  ],
  [
    'the feed of a stage is lost',
    `update public.inventory_feedingevent f set amount_kg = amount_kg / 2
     from public.batch_batchcontainerassignment a
     join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id and l.name = 'Post-Smolt'
     where a.id = f.batch_assignment_id`,
    'check_13_biological_fcr',
    ['13.post_smolt'],
  ],
  [
    'the sea is lukewarm, and warmer in winter',
    `update public.environmental_environmentalreading r set value = 10 - (value - 10) / 3
     from public.infrastructure_container c
     where c.id = r.container_id and c.area_id is not null and r.parameter_id = ${temperature}`,
    'check_16_sea_range, check_18_sea_seasons',
    ['16.faroe_islands', '16.scotland', '18.faroe_islands', '18.scotland'],
  ],
  [
    'temperatures are white noise around the season, each ring its own',
    `update public.environmental_environmentalreading r
     set value = value + hashint8(r.reading_time::date - date '2000-01-01' + 10000 * r.container_id) / 2147483648.0
     from public.infrastructure_container c
     where c.id = r.container_id and c.area_id is not null and r.parameter_id = ${temperature}`,
    'check_19_sea_memory, check_20_sea_rings',
    ['19.raw', '19.residual', '20.raw', '20.residual'],
  ],
  [
    'more feed is in stock than there can be',
    `update public.inventory_feedcontainerstock set quantity_kg = quantity_kg + 0.01
     where id = (select max(id) from public.inventory_feedcontainerstock)`,
    'check_46_feed_ledger',
    ['46.balance'],
  ],
  [
    'feed was given before it was delivered',
    `update public.inventory_feedcontainerstock set entry_date = entry_date + interval '60 days'
     where id = (select min(id) from public.inventory_feedcontainerstock)`,
    'check_46_feed_ledger',
    ['46.early', '46.stock'],
  ],
  [
    'a reading has no assignment',
    `update public.environmental_environmentalreading set batch_container_assignment_id = null
     where id = (select min(id) from public.environmental_environmentalreading)`,
    'check_52_references',
    ['52.readings'],
  ],
  [
    'readings of a ring have no sensor',
    `update public.environmental_environmentalreading set sensor_id = null where container_id = ${someRing}`,
    'check_52_references',
    ['52.sensors'],
  ],
  [
    'a container holds another batch too',
    `insert into public.batch_batchcontainerassignment
     select (jsonb_populate_record(a, jsonb_build_object('id', 1000000000, 'batch_id',
       (select max(id) from public.batch_batch)))).*
     from public.batch_batchcontainerassignment a where a.container_id = ${someRing} limit 1`,
    'check_61_conflicts',
    ['61'],
  ],
  [
    'half of the eggs died late',
    `update public.batch_mortalityevent m set count = count * 2
     from public.batch_batchcontainerassignment a
     join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id and l."order" = 1
     where a.id = m.assignment_id`,
    'check_04_day_91_eggs, check_05_stage_survival',
    ['4', '5.egg_alevin'],
  ],
  [
    'one transfer weighs more than its fish did',
    `update public.batch_transferaction set transferred_biomass_kg = transferred_biomass_kg * 1.4
     where workflow_id = (select max(id) from public.batch_batchtransferworkflow)`,
    'check_09_transfer_weight',
    ['9.carried'],
  ],
  [
    'scales at transfers are off by a twentieth',
    `update public.batch_transferaction set measured_avg_weight_g = measured_avg_weight_g * 1.05`,
    'check_09_transfer_weight',
    ['9.measured'],
  ],
  [
    'fish at harvest are all of one size',
    `update public.batch_individualgrowthobservation o set weight_g = s.avg_weight_g
     from public.batch_growthsample s where s.id = o.growth_sample_id and s.avg_weight_g > 4000`,
    'check_11_harvest_cv',
    ['11'],
  ],
  [
    'half of the fish was never harvested',
    `update public.harvest_harvestlot set live_weight_kg = live_weight_kg * 0.5`,
    'check_14_economic_fcr',
    ['14'],
  ],
  [
    'feed does not follow the temperature',
    `update public.inventory_feedingevent
     set amount_kg = batch_biomass_kg * (0.004 + 0.002 * abs(hashint8(feeding_date - date '2000-01-01')) / 2147483648.0)`,
    'check_15_feed_by_temperature',
    ['15'],
  ],
  [
    'the sea is half fresh',
    `update public.environmental_environmentalreading r set value = value - 5
     from public.environmental_environmentalparameter p
     where p.id = r.parameter_id and p.name = 'Salinity' and r.container_id in (select s.container_id from aquaseed._sample_stays('sea') s)`,
    'check_23_salinity',
    ['23.faroe_islands_p1', '23.faroe_islands_p50', '23.scotland_p50'],
  ],
  [
    'oxygen at sea does not care for the temperature',
    `update public.environmental_environmentalreading r
     set value = 60 + 5 * (select t.value from public.environmental_environmentalreading t
                       where t.container_id = r.container_id and t.parameter_id = ${temperature}
                         and t.reading_time = r.reading_time)
     from public.environmental_environmentalparameter p
     where p.id = r.parameter_id and p.name = 'Dissolved Oxygen'
       and exists (select from public.environmental_environmentalreading t
                   where t.container_id = r.container_id and t.parameter_id = ${temperature}
                     and t.reading_time = r.reading_time)
       and r.container_id in (select s.container_id from aquaseed._sample_stays('sea') s)`,
    'check_25_oxygen_by_temperature',
    ['25'],
  ],
  [
    'pH at sea jumps',
    `update public.environmental_environmentalreading r
     set value = value + 0.04 * (extract(hour from r.reading_time at time zone 'UTC')::integer / 2 % 2)
     from public.environmental_environmentalparameter p
     where p.id = r.parameter_id and p.name = 'pH' and r.container_id in (select s.container_id from aquaseed._sample_stays('sea') s)`,
    'check_26_sea_ph',
    ['26.step'],
  ],
  [
    'pH of the tanks stands still',
    `update public.environmental_environmentalreading r set value = 7.3 + (value - 7.3) / 20
     from public.environmental_environmentalparameter p
     where p.id = r.parameter_id and p.name = 'pH' and r.container_id in (select s.container_id from aquaseed._sample_stays('freshwater') s)`,
    'check_27_ph_by_co2',
    ['27.slope'],
  ],
  [
    'the sea is that of the season, day by day',
    `update public.environmental_environmentalreading r
     set value = 9 - 2.5 * cos(2 * pi() * (extract(doy from r.reading_time at time zone 'UTC')::float8 - 55) / 365.25)
     where r.parameter_id = ${temperature} and r.container_id in (${seaSample})`,
    'check_50_sea_waters',
    ['50.step_sd', '50.two_hours_sd'],
  ],
  [
    'the sea forgets from one day to the next',
    `update public.environmental_environmentalreading r
     set value = value + aquaseed.z(17, (r.reading_time at time zone 'UTC')::date - date '2000-01-01')
     where r.parameter_id = ${temperature} and r.container_id in (${seaSample})`,
    'check_50_sea_waters',
    ['50.slope', '50.step_sd'],
  ],
  [
    'readings at sea jump',
    `update public.environmental_environmentalreading r set value = value + aquaseed.z(18, r.id)
     where r.parameter_id = ${temperature} and r.container_id in (${seaSample})`,
    'check_50_sea_waters',
    ['50.step_sd', '50.two_hours_kurtosis', '50.two_hours_sd'],
  ],
  [
    'sensors are read in the first twenty days of a month only',
    `delete from public.environmental_environmentalreading r
     where r.parameter_id = ${temperature} and extract(day from r.reading_time at time zone 'UTC') > 20`,
    'check_50_sea_waters',
    ['50.uptime'],
  ],
  [
    'the NO2 sensors show tenths only',
    `update public.environmental_environmentalreading r set value = round(value, 1)
     from public.environmental_environmentalparameter p
     where p.id = r.parameter_id and p.name = 'NO2' and r.container_id in (select s.container_id from aquaseed._sample_stays('freshwater') s)`,
    'check_28_distinct_values',
    ['28.no2'],
  ],
  [
    'ammonia is far too high, and not of the feed',
    `update public.environmental_environmentalreading r
     set value = 2.2 + abs(hashint8(r.id)) / 2147483648.0
     from public.environmental_environmentalparameter p
     where p.id = r.parameter_id and p.name = 'NH4' and r.container_id in (select s.container_id from aquaseed._sample_stays('freshwater') s)`,
    'check_28_distinct_values, check_29_tank_water',
    ['29.feed', '29.nh4'],
  ],
  [
    'the sea has no day and night',
    `update public.environmental_environmentalreading r set value = 9
     where r.container_id in (select s.container_id from aquaseed._sample_stays('sea') s)`,
    'check_30_diurnal_range',
    ['30.oxygen', '30.temperature'],
  ],
  [
    'deaths at sea follow no pattern from day to day',
    `update public.batch_mortalityevent set count = 5 + abs(hashint8(id)) % 20`,
    'check_31_daily_mortality',
    ['31.memory'],
  ],
  [
    'the tanks of a batch are all alike',
    `update public.batch_actualdailyassignmentstate s set avg_weight_g = x.weight_g, population = 1000
     from (select batch_id, lifecycle_stage_id, date, avg(avg_weight_g) as weight_g
           from public.batch_actualdailyassignmentstate group by 1, 2, 3) x
     where x.batch_id = s.batch_id and x.lifecycle_stage_id = s.lifecycle_stage_id and x.date = s.date`,
    'check_49_tanks',
    ['49.above_200g', '49.number', '49.to_100g'],
  ],
  [
    'the fry of every other tank are half as heavy again',
    `update public.batch_actualdailyassignmentstate set avg_weight_g = avg_weight_g * 1.5
     where avg_weight_g < 2 and assignment_id % 2 = 0`,
    'check_49_tanks',
    ['49.below_2g'],
  ],
  [
    'as many die on every day',
    `update public.batch_mortalityevent set count = 20`,
    'check_57_weekly_deaths',
    ['57.log_sd', '57.p99', '57.worst'],
  ],
  [
    'bad weeks come in any order',
    `update public.batch_mortalityevent set count = 1 + round(
       30 * exp(1.6 * aquaseed.z(assignment_id, (event_date - date '2000-01-03') / 7)))`,
    'check_57_weekly_deaths',
    ['57.lag_1', '57.lag_4'],
  ],
  [
    'all dead of a day have one cause',
    `delete from public.batch_mortalityevent where id % 4 > 0`,
    'check_59_death_rows',
    ['59'],
  ],
  [
    'eggs are culled though nobody said so',
    `update public.batch_mortalityevent set cause = 'OTHER', description = 'Culling' where assignment_id % 100 < 10`,
    'check_60_culling',
    ['60'],
  ],
  [
    'the move to sea kills nobody',
    `update public.batch_mortalityevent m set count = 1
     from public.batch_batchcontainerassignment a
     join public.batch_lifecyclestage l on l.id = a.lifecycle_stage_id and l.name = 'Adult'
     where a.id = m.assignment_id and m.event_date < a.assignment_date + 14`,
    'check_33_sea_entry',
    ['33'],
  ],
  [
    'nobody knows what the fish died of',
    `update public.batch_mortalityevent set cause = 'UNKNOWN' where cause = 'DISEASE'`,
    'check_34_sea_causes',
    ['34.disease', '34.unknown'],
  ],
  [
    'lengths were read off wrongly',
    `update public.batch_individualgrowthobservation set length_cm = length_cm * (1 + 0.3 * (id % 2))`,
    'check_40_condition_factor',
    ['40.adult', '40.correlation', '40.fry', '40.parr', '40.smolt'],
  ],
  [
    'samples are made of the largest fish',
    `update public.batch_growthsample set avg_weight_g = avg_weight_g * 1.15`,
    'check_41_sample_error',
    ['41.median', '41.p95'],
  ],
  [
    'the gutted fish weigh as much as the live ones',
    `update public.harvest_harvestlot set gutted_weight_kg = live_weight_kg`,
    'check_43_harvest_yield',
    ['43.gutted'],
  ],
  [
    'everything is slaughtered on one day',
    `update public.harvest_harvestevent e set event_date = b.actual_end_date + time '07:00'
     from public.batch_batch b where b.id = e.batch_id and b.actual_end_date is not null`,
    'check_44_harvest_pace',
    ['44.fish', '44.longest', '44.shortest'],
  ],
  [
    'a batch stayed at sea for two years',
    `update public.batch_batchcontainerassignment a set departure_date = departure_date + 400
     from public.batch_batch b where b.id = a.batch_id and b.status = 'COMPLETED'
       and a.lifecycle_stage_id = (select id from public.batch_lifecyclestage where name = 'Adult')`,
    'check_12_adult_days',
    ['12.max'],
  ],
  [
    'a ring holds more than it may',
    `update public.inventory_feedingevent f set batch_biomass_kg = batch_biomass_kg * 2
     from public.infrastructure_container c where c.id = f.container_id and c.area_id is not null`,
    'check_45_density',
    ['45.capacity', '45.density'],
  ],
  [
    'lice are counted every other week',
    `delete from public.health_licecount where extract(week from count_date)::integer % 2 = 0`,
    'check_58_lice_counts',
    ['58.uncounted'],
  ],
  [
    'chalimus know of treatments to come',
    `update public.health_licecount c set count_value = count_value * 3
     from public.health_licetype t where t.id = c.lice_type_id and t.development_stage = 'chalimus'`,
    'check_58_lice_counts',
    ['58.chalimus'],
  ],
  [
    'a growth sample is of before the fish came',
    `update public.batch_growthsample set sample_date = sample_date - 30
     where id = (select min(s.id) from public.batch_growthsample s
                 join public.batch_batchcontainerassignment a on a.id = s.assignment_id
                 join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null)`,
    'check_52_references',
    ['52.samples'],
  ],
  [
    'two sensors have one name',
    `update public.infrastructure_sensor set name = (select s.name from public.infrastructure_sensor s where s.id = 1) where id = 2`,
    'check_53_unique_names',
    ['53'],
  ],
  [
    'an id is past its sequence',
    `insert into public.infrastructure_geography
     select (jsonb_populate_record(g, '{"id": 1000000, "name": "Iceland"}')).* from public.infrastructure_geography g limit 1`,
    'check_54_sequences',
    ['54'],
  ],
  [
    'all is done on Saturdays',
    `update public.batch_creationaction set actual_delivery_date =
       actual_delivery_date - (extract(isodow from actual_delivery_date)::integer + 1) % 7;
     update public.batch_transferaction set actual_execution_date =
       actual_execution_date - (extract(isodow from actual_execution_date)::integer + 1) % 7;
     update public.harvest_harvestevent set event_date = date_trunc('week', event_date at time zone 'UTC')
       at time zone 'UTC' - interval '2 days';
     update public.health_treatment set treatment_date = date_trunc('week', treatment_date at time zone 'UTC')
       at time zone 'UTC' - interval '2 days';
     update public.health_licecount set count_date = date_trunc('week', count_date at time zone 'UTC')
       at time zone 'UTC' - interval '2 days';
     update public.batch_growthsample set sample_date =
       sample_date - (extract(isodow from sample_date)::integer + 1) % 7;
     update public.health_healthsamplingevent set sampling_date =
       sampling_date - (extract(isodow from sampling_date)::integer + 1) % 7`,
    'check_48_working_days',
    ['48.counts', '48.eggs', '48.harvest', '48.samplings', '48.transfers', '48.treatments'],
  ],
  [
    'Wednesdays are days off, and nobody keeps to it',
    'update aquaseed.work_day set is_working = false where extract(isodow from on_date) = 3',
    'check_48_working_days',
    ['48.days_off'],
  ],
  [
    'lice are counted on any day of the week',
    `update public.health_licecount set count_date = date_trunc('week', count_date at time zone 'UTC')
       at time zone 'UTC' - interval '7 days' + make_interval(hours => 12, days => (id % 5)::integer)`,
    'check_48_working_days',
    // Some of these days are holidays.
    ['48.count_days', '48.days_off'],
  ],
  [
    'moved fish have no departure date',
    `update public.batch_batchcontainerassignment set departure_date = null
     where id = (select min(id) from public.batch_batchcontainerassignment)`,
    'check_55_assignments',
    ['55.departure'],
  ],
  [
    'a batch is completed while fish swim',
    `update public.batch_batch set status = 'COMPLETED' where id = (select min(id) from public.batch_batch where status = 'ACTIVE')`,
    'check_55_assignments',
    ['55.completed'],
  ],
  [
    'a batch without fish is active',
    `update public.batch_batch set status = 'ACTIVE' where status = 'COMPLETED'`,
    'check_55_assignments',
    ['55.active'],
  ],
  [
    'an unknown cause of death',
    `update public.batch_mortalityevent set cause = 'BOREDOM' where id = (select max(id) from public.batch_mortalityevent)`,
    'check_56_allowed_values',
    ['56'],
  ],
  [
    'a batch is in another stage than planned',
    `update public.batch_batch set lifecycle_stage_id = (select id from public.batch_lifecyclestage where name = 'Fry')
     where id = ${anyBatch}`,
    'check_71_batches',
    ['71.plan'],
  ],
  [
    'a hundredth of the mortality events is gone',
    `delete from public.batch_mortalityevent where id % 100 = 0`,
    'check_72_rows',
    ['72.ledger'],
  ],
  [
    'fish were in a ring before it was theirs',
    `update public.batch_batchcontainerassignment set assignment_date = assignment_date - 3
     where id = (select max(a.id) from public.batch_batchcontainerassignment a
                 join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null)`,
    'check_91_occupancy',
    ['91.beyond'],
  ],
];
