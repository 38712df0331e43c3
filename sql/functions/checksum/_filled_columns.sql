-- Long, since it is data.
-- The columns of our own copy of AquaMind's tables, of those that a run fills. AquaMind's may have more of them.
-- Made by: npx vitest run test/schema/adoption.test.ts -u
create or replace function aquaseed._filled_columns()
returns table (table_name text, columns text[]) language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  values
    ('batch_actualdailyassignmentstate', '{
       anchor_type,assignment_id,avg_weight_g,batch_id,biomass_kg,confidence_scores,container_id,date,
       day_number,feed_kg,id,last_computed_at,lifecycle_stage_id,mortality_count,observed_fcr,
       planned_activity_id,population,sources,temp_c}'::text[]),
    ('batch_batch', '{
       actual_end_date,batch_number,batch_type,created_at,expected_end_date,id,lifecycle_stage_id,notes,
       pinned_projection_run_id,species_id,start_date,status,updated_at}'),
    ('batch_batchcontainerassignment', '{
       assignment_date,avg_weight_g,batch_id,biomass_kg,container_id,created_at,departure_date,id,
       is_active,last_weighing_date,lifecycle_stage_id,notes,population_count,updated_at}'),
    ('batch_batchtransferworkflow', '{
       actions_completed,actual_completion_date,actual_start_date,batch_id,cancellation_reason,
       completed_by_id,completion_percentage,created_at,dest_lifecycle_stage_id,dest_subsidiary,
       finance_transaction_id,id,initiated_by_id,is_intercompany,notes,planned_activity_id,
       planned_completion_date,planned_start_date,source_lifecycle_stage_id,source_subsidiary,status,
       total_actions_planned,total_biomass_kg,total_mortality_count,total_source_count,
       total_transferred_count,updated_at,workflow_number,workflow_type}'),
    ('batch_creationaction', '{
       action_number,actual_delivery_date,created_at,delivery_method,dest_assignment_id,egg_count_actual,
       egg_count_planned,egg_quality_score,executed_by_id,execution_duration_minutes,
       expected_delivery_date,id,mortality_on_arrival,notes,status,updated_at,water_temp_on_arrival,
       workflow_id}'),
    ('batch_creationworkflow', '{
       actions_completed,actual_completion_date,actual_start_date,batch_id,cancellation_reason,
       cancelled_at,cancelled_by_id,created_at,created_by_id,egg_production_id,egg_source_type,
       external_cost_per_thousand,external_supplier_batch_number,external_supplier_id,id,notes,
       planned_completion_date,planned_start_date,progress_percentage,status,total_actions,
       total_eggs_planned,total_eggs_received,total_mortality_on_arrival,updated_at,workflow_number}'),
    ('batch_growthsample', '{
       assignment_id,avg_length_cm,avg_weight_g,condition_factor,created_at,id,max_weight_g,min_weight_g,
       notes,sample_date,sample_size,std_deviation_length,std_deviation_weight,updated_at}'),
    ('batch_individualgrowthobservation', '{
       created_at,fish_identifier,growth_sample_id,id,length_cm,updated_at,weight_g}'),
    ('batch_mortalityevent', '{
       assignment_id,batch_id,biomass_kg,cause,count,created_at,description,event_date,id,updated_at}'),
    ('batch_transferaction', '{
       action_number,actual_execution_date,created_at,dest_assignment_id,executed_by_id,
       execution_duration_minutes,id,measured_avg_length_cm,measured_avg_weight_g,measured_notes,
       measured_sample_size,measured_std_dev_weight_g,mortality_during_transfer,notes,oxygen_level,
       planned_date,selection_method,source_assignment_id,source_population_before,status,transfer_method,
       transferred_biomass_kg,transferred_count,updated_at,water_temp_c,workflow_id}'),
    ('environmental_environmentalreading', '{
       batch_container_assignment_id,batch_id,container_id,created_at,id,is_manual,notes,parameter_id,
       reading_time,recorded_by_id,sensor_id,value}'),
    ('environmental_photoperioddata', '{
       area_id,created_at,date,day_length_hours,id,is_interpolated,light_intensity,updated_at}'),
    ('environmental_stagetransitionenvironmental', '{
       additional_parameters,batch_transfer_workflow_id,created_at,id,notes,oxygen,ph,salinity,temperature,
       updated_at}'),
    ('environmental_weatherdata', '{
       area_id,cloud_cover,created_at,id,precipitation,temperature,timestamp,wave_direction,wave_height,
       wave_period,wind_direction,wind_speed}'),
    ('finance_factharvest', '{
       created_at,dim_batch_id,dim_company_id,dim_site_id,event_date,event_id,fact_id,lot_id,
       product_grade_id,quantity_kg,unit_count,updated_at}'),
    ('finance_intercompanytransaction', '{
       amount,approval_date,approved_by_id,content_type_id,created_at,currency,event_id,object_id,
       policy_id,posting_date,state,tx_id,updated_at}'),
    ('harvest_harvestevent', '{
       assignment_id,batch_id,created_at,dest_geography_id,dest_subsidiary,document_ref,event_date,id,
       updated_at}'),
    ('harvest_harvestlot', '{
       created_at,event_id,fillet_weight_kg,gutted_weight_kg,id,live_weight_kg,product_grade_id,unit_count,
       updated_at}'),
    ('harvest_harvestwaste', '{
       category,created_at,event_id,id,updated_at,weight_kg}'),
    ('health_fishparameterscore', '{
       created_at,id,individual_fish_observation_id,parameter_id,score,updated_at}'),
    ('health_healthlabsample', '{
       attachment,batch_container_assignment_id,created_at,date_results_received,date_sent_to_lab,
       findings_summary,id,lab_reference_id,notes,quantitative_results,recorded_by_id,sample_date,
       sample_type_id,updated_at}'),
    ('health_healthsamplingevent', '{
       assignment_id,avg_k_factor,avg_length_cm,avg_weight_g,calculated_sample_size,created_at,id,
       max_length_cm,max_weight_g,min_length_cm,min_weight_g,notes,number_of_fish_sampled,sampled_by_id,
       sampling_date,std_dev_length_cm,std_dev_weight_g,updated_at}'),
    ('health_individualfishobservation', '{
       created_at,fish_identifier,id,length_cm,sampling_event_id,updated_at,weight_g}'),
    ('health_journalentry', '{
       batch_id,category,container_id,created_at,description,entry_date,id,resolution_notes,
       resolution_status,severity,updated_at,user_id}'),
    ('health_licecount', '{
       adult_female_count,adult_male_count,assignment_id,batch_id,confidence_level,container_id,count_date,
       count_value,detection_method,fish_sampled,id,juvenile_count,lice_type_id,notes,user_id}'),
    ('health_mortalityrecord', '{
       assignment_id,batch_id,container_id,count,event_date,id,notes,reason_id}'),
    ('health_treatment', '{
       batch_assignment_id,batch_id,container_id,description,dosage,duration_days,id,includes_weighing,
       journal_entry_id,outcome,sampling_event_id,treatment_date,treatment_type,user_id,
       vaccination_type_id,withholding_period_days}'),
    ('inventory_batchfeedingsummary', '{
       average_biomass_kg,average_feeding_percentage,batch_id,container_count,created_at,estimation_method,
       fcr,id,overall_confidence_level,period_end,period_start,total_biomass_gain_kg,
       total_ending_biomass_kg,total_feed_consumed_kg,total_feed_kg,total_growth_kg,
       total_starting_biomass_kg,updated_at,weighted_avg_fcr}'),
    ('inventory_containerfeedingsummary', '{
       batch_id,confidence_level,container_assignment_id,created_at,data_points,ending_biomass_kg,
       estimation_method,fcr,growth_kg,id,period_end,period_start,starting_biomass_kg,total_feed_kg,
       updated_at}'),
    ('inventory_feedcontainerstock', '{
       created_at,entry_date,feed_container_id,feed_purchase_id,id,quantity_kg,updated_at}'),
    ('inventory_feedingevent', '{
       amount_kg,batch_assignment_id,batch_biomass_kg,batch_id,container_id,created_at,feed_cost,feed_id,
       feeding_date,feeding_percentage,feeding_time,id,method,notes,recorded_by_id,updated_at}'),
    ('inventory_feedpurchase', '{
       batch_number,cost_per_kg,created_at,expiry_date,feed_id,id,notes,purchase_date,quantity_kg,supplier,
       updated_at}'),
    ('planning_plannedactivity', '{
       activity_type,batch_id,completed_at,completed_by_id,container_id,created_at,created_by_id,due_date,
       id,notes,scenario_id,status,transfer_workflow_id,updated_at}'),
    ('scenario', '{
       batch_id,biological_constraints_id,created_at,created_by_id,duration_days,fcr_model_id,genotype,
       initial_count,initial_weight,mortality_model_id,name,scenario_id,start_date,supplier,tgc_model_id,
       updated_at}'),
    ('scenario_projection_run', '{
       created_at,created_by_id,final_biomass_kg,final_weight_g,label,notes,parameters_snapshot,run_date,
       run_id,run_number,scenario_id,total_projections,updated_at}'),
    ('scenario_scenarioprojection', '{
       average_weight,biomass,created_at,cumulative_feed,current_stage_id,daily_feed,day_number,population,
       projection_date,projection_id,projection_run_id,temperature,updated_at}')
$$;

comment on function aquaseed._filled_columns() is 'Columns of the tables that a run fills, in our own copy.';
