-- Foreign keys, indexes and views of the plain AquaMind tables. All under AquaMind's names, the foreign
-- keys deferrable as there. Left out: everything of the partitioned tables (the seal stage adds it) and
-- batch_creationworkflow.egg_production_id, whose table is not generated.
-- AquaMind's own database has them already (docs/decisions/025-adoption.md).
do $guard$ begin if to_regclass('public.django_migrations') is null then execute $ddl$

-- auth and content types --------------------------------------------------------------------------

alter table public.users_userprofile
  add constraint users_userprofile_user_id_87251ef1_fk_auth_user_id
    foreign key (user_id) references public.auth_user(id) deferrable initially deferred;

create index auth_user_username_6821ab7c_like on public.auth_user (username varchar_pattern_ops);

-- infrastructure ----------------------------------------------------------------------------------

alter table public.infrastructure_freshwaterstation
  add constraint infrastructure_fresh_geography_id_1727a8c5_fk_infrastru
    foreign key (geography_id) references public.infrastructure_geography(id) deferrable initially deferred;

alter table public.infrastructure_hall
  add constraint infrastructure_hall_freshwater_station_i_7c4232ca_fk_infrastru
    foreign key (freshwater_station_id) references public.infrastructure_freshwaterstation(id) deferrable initially deferred;

alter table public.infrastructure_area
  add constraint infrastructure_area_geography_id_e1afaf53_fk_infrastru
    foreign key (geography_id) references public.infrastructure_geography(id) deferrable initially deferred;

alter table public.infrastructure_container
  add constraint infrastructure_conta_area_id_b5868384_fk_infrastru
    foreign key (area_id) references public.infrastructure_area(id) deferrable initially deferred,
  add constraint infrastructure_conta_container_type_id_5883f99c_fk_infrastru
    foreign key (container_type_id) references public.infrastructure_containertype(id) deferrable initially deferred,
  add constraint infrastructure_conta_hall_id_2b55a392_fk_infrastru
    foreign key (hall_id) references public.infrastructure_hall(id) deferrable initially deferred;

alter table public.infrastructure_sensor
  add constraint infrastructure_senso_container_id_a8bf611c_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred;

alter table public.infrastructure_feedcontainer
  add constraint infrastructure_feedc_area_id_722afaab_fk_infrastru
    foreign key (area_id) references public.infrastructure_area(id) deferrable initially deferred,
  add constraint infrastructure_feedc_hall_id_df9d43bc_fk_infrastru
    foreign key (hall_id) references public.infrastructure_hall(id) deferrable initially deferred;

create index infrastructure_geography_name_33d4320d_like on public.infrastructure_geography (name varchar_pattern_ops);
create index infrastructure_freshwaterstation_geography_id_1727a8c5 on public.infrastructure_freshwaterstation (geography_id);
create index infrastructure_hall_freshwater_station_id_7c4232ca on public.infrastructure_hall (freshwater_station_id);
create index infrastructure_area_geography_id_e1afaf53 on public.infrastructure_area (geography_id);
create index infrastructure_container_area_id_b5868384 on public.infrastructure_container (area_id);
create index infrastructure_container_container_type_id_5883f99c on public.infrastructure_container (container_type_id);
create index infrastructure_container_hall_id_2b55a392 on public.infrastructure_container (hall_id);
create index infrastructure_sensor_container_id_a8bf611c on public.infrastructure_sensor (container_id);
create index infrastructure_feedcontainer_area_id_722afaab on public.infrastructure_feedcontainer (area_id);
create index infrastructure_feedcontainer_hall_id_df9d43bc on public.infrastructure_feedcontainer (hall_id);

-- batch -------------------------------------------------------------------------------------------

alter table public.batch_lifecyclestage
  add constraint batch_lifecyclestage_species_id_ad9d8fe4_fk_batch_species_id
    foreign key (species_id) references public.batch_species(id) deferrable initially deferred;

alter table public.batch_batch
  add constraint batch_batch_lifecycle_stage_id_8b0c4408_fk_batch_lif
    foreign key (lifecycle_stage_id) references public.batch_lifecyclestage(id) deferrable initially deferred,
  add constraint batch_batch_pinned_projection_ru_bc0b2213_fk_scenario_
    foreign key (pinned_projection_run_id) references public.scenario_projection_run(run_id) deferrable initially deferred,
  add constraint batch_batch_species_id_49ace35b_fk_batch_species_id
    foreign key (species_id) references public.batch_species(id) deferrable initially deferred;

alter table public.batch_batchcomposition
  add constraint batch_batchcompositi_mixed_batch_id_735b9aa1_fk_batch_bat
    foreign key (mixed_batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint batch_batchcompositi_source_batch_id_c49ff9a5_fk_batch_bat
    foreign key (source_batch_id) references public.batch_batch(id) deferrable initially deferred;

alter table public.batch_batchcontainerassignment
  add constraint batch_batchcontainer_batch_id_3c2cd379_fk_batch_bat
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint batch_batchcontainer_container_id_16249fda_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred,
  add constraint batch_batchcontainer_lifecycle_stage_id_a191c332_fk_batch_lif
    foreign key (lifecycle_stage_id) references public.batch_lifecyclestage(id) deferrable initially deferred;

alter table public.batch_creationworkflow
  add constraint batch_creationworkfl_external_supplier_id_6c2c65d2_fk_broodstoc
    foreign key (external_supplier_id) references public.broodstock_eggsupplier(id) deferrable initially deferred,
  add constraint batch_creationworkflow_batch_id_4598603d_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint batch_creationworkflow_cancelled_by_id_4b369703_fk_auth_user_id
    foreign key (cancelled_by_id) references public.auth_user(id) deferrable initially deferred,
  add constraint batch_creationworkflow_created_by_id_028a1118_fk_auth_user_id
    foreign key (created_by_id) references public.auth_user(id) deferrable initially deferred;

alter table public.batch_creationaction
  add constraint batch_creationaction_dest_assignment_id_2683621f_fk_batch_bat
    foreign key (dest_assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint batch_creationaction_executed_by_id_1568622a_fk_auth_user_id
    foreign key (executed_by_id) references public.auth_user(id) deferrable initially deferred,
  add constraint batch_creationaction_workflow_id_079831a9_fk_batch_cre
    foreign key (workflow_id) references public.batch_creationworkflow(id) deferrable initially deferred;

alter table public.batch_batchtransferworkflow
  add constraint batch_batchtransferw_completed_by_id_6ee47442_fk_auth_user
    foreign key (completed_by_id) references public.auth_user(id) deferrable initially deferred,
  add constraint batch_batchtransferw_dest_lifecycle_stage_739ea9e1_fk_batch_lif
    foreign key (dest_lifecycle_stage_id) references public.batch_lifecyclestage(id) deferrable initially deferred,
  add constraint batch_batchtransferw_finance_transaction__e137d9ef_fk_finance_i
    foreign key (finance_transaction_id) references public.finance_intercompanytransaction(tx_id) deferrable initially deferred,
  add constraint batch_batchtransferw_initiated_by_id_19854022_fk_auth_user
    foreign key (initiated_by_id) references public.auth_user(id) deferrable initially deferred,
  add constraint batch_batchtransferw_planned_activity_id_c53a386e_fk_planning_
    foreign key (planned_activity_id) references public.planning_plannedactivity(id) deferrable initially deferred,
  add constraint batch_batchtransferw_source_lifecycle_sta_2c956b02_fk_batch_lif
    foreign key (source_lifecycle_stage_id) references public.batch_lifecyclestage(id) deferrable initially deferred,
  add constraint batch_batchtransferworkflow_batch_id_5abed0fb_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred;

alter table public.batch_transferaction
  add constraint batch_transferaction_dest_assignment_id_0f0f7612_fk_batch_bat
    foreign key (dest_assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint batch_transferaction_executed_by_id_b1001fca_fk_auth_user_id
    foreign key (executed_by_id) references public.auth_user(id) deferrable initially deferred,
  add constraint batch_transferaction_source_assignment_id_0b947ceb_fk_batch_bat
    foreign key (source_assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint batch_transferaction_workflow_id_20740430_fk_batch_bat
    foreign key (workflow_id) references public.batch_batchtransferworkflow(id) deferrable initially deferred;

create index batch_species_name_48d07fbb_like on public.batch_species (name varchar_pattern_ops);
create index batch_species_scientific_name_7a8f0252_like on public.batch_species (scientific_name varchar_pattern_ops);
create index batch_lifecyclestage_name_c97e3efb_like on public.batch_lifecyclestage (name varchar_pattern_ops);
create index batch_lifecyclestage_species_id_ad9d8fe4 on public.batch_lifecyclestage (species_id);
create index batch_batch_batch_number_76d3bae2_like on public.batch_batch (batch_number varchar_pattern_ops);
create index batch_batch_lifecycle_stage_id_8b0c4408 on public.batch_batch (lifecycle_stage_id);
create index batch_batch_pinned_projection_run_id_bc0b2213 on public.batch_batch (pinned_projection_run_id);
create index batch_batch_species_id_49ace35b on public.batch_batch (species_id);
create index batch_batchcomposition_mixed_batch_id_735b9aa1 on public.batch_batchcomposition (mixed_batch_id);
create index batch_batchcomposition_source_batch_id_c49ff9a5 on public.batch_batchcomposition (source_batch_id);
create index batch_batchcontainerassignment_batch_id_3c2cd379 on public.batch_batchcontainerassignment (batch_id);
create index batch_batchcontainerassignment_container_id_16249fda on public.batch_batchcontainerassignment (container_id);
create index batch_batchcontainerassignment_lifecycle_stage_id_a191c332 on public.batch_batchcontainerassignment (lifecycle_stage_id);
create unique index unique_active_batch_container on public.batch_batchcontainerassignment (batch_id, container_id)
  where is_active;
create index batch_creat_egg_sou_1926d2_idx on public.batch_creationworkflow (egg_source_type);
create index batch_creat_planned_60a745_idx on public.batch_creationworkflow (planned_start_date);
create index batch_creat_status_b5c8e8_idx on public.batch_creationworkflow (status);
create index batch_creationworkflow_batch_id_4598603d on public.batch_creationworkflow (batch_id);
create index batch_creationworkflow_cancelled_by_id_4b369703 on public.batch_creationworkflow (cancelled_by_id);
create index batch_creationworkflow_created_by_id_028a1118 on public.batch_creationworkflow (created_by_id);
create index batch_creationworkflow_egg_production_id_ec0507e9 on public.batch_creationworkflow (egg_production_id);
create index batch_creationworkflow_external_supplier_id_6c2c65d2 on public.batch_creationworkflow (external_supplier_id);
create index batch_creationworkflow_workflow_number_aaf109cb_like on public.batch_creationworkflow (workflow_number varchar_pattern_ops);
create index batch_creat_expecte_8f0f08_idx on public.batch_creationaction (expected_delivery_date);
create index batch_creat_workflo_eea6dc_idx on public.batch_creationaction (workflow_id, status);
create index batch_creationaction_dest_assignment_id_2683621f on public.batch_creationaction (dest_assignment_id);
create index batch_creationaction_executed_by_id_1568622a on public.batch_creationaction (executed_by_id);
create index batch_creationaction_workflow_id_079831a9 on public.batch_creationaction (workflow_id);
create index batch_batch_batch_i_01b738_idx on public.batch_batchtransferworkflow (batch_id, status);
create index batch_batch_planned_bc83d0_idx on public.batch_batchtransferworkflow (planned_start_date);
create index batch_batch_status_97e7a3_idx on public.batch_batchtransferworkflow (status);
create index batch_batch_workflo_faef0d_idx on public.batch_batchtransferworkflow (workflow_type);
create index batch_batchtransferworkflow_batch_id_5abed0fb on public.batch_batchtransferworkflow (batch_id);
create index batch_batchtransferworkflow_completed_by_id_6ee47442 on public.batch_batchtransferworkflow (completed_by_id);
create index batch_batchtransferworkflow_dest_lifecycle_stage_id_739ea9e1 on public.batch_batchtransferworkflow (dest_lifecycle_stage_id);
create index batch_batchtransferworkflow_finance_transaction_id_e137d9ef on public.batch_batchtransferworkflow (finance_transaction_id);
create index batch_batchtransferworkflow_initiated_by_id_19854022 on public.batch_batchtransferworkflow (initiated_by_id);
create index batch_batchtransferworkflow_source_lifecycle_stage_id_2c956b02 on public.batch_batchtransferworkflow (source_lifecycle_stage_id);
create index batch_batchtransferworkflow_workflow_number_1c1ec871_like on public.batch_batchtransferworkflow (workflow_number varchar_pattern_ops);
create index batch_trans_actual__96ce99_idx on public.batch_transferaction (actual_execution_date);
create index batch_trans_status_d4e717_idx on public.batch_transferaction (status);
create index batch_trans_workflo_34b086_idx on public.batch_transferaction (workflow_id, status);
create index batch_transferaction_dest_assignment_id_0f0f7612 on public.batch_transferaction (dest_assignment_id);
create index batch_transferaction_executed_by_id_b1001fca on public.batch_transferaction (executed_by_id);
create index batch_transferaction_source_assignment_id_0b947ceb on public.batch_transferaction (source_assignment_id);
create index batch_transferaction_workflow_id_20740430 on public.batch_transferaction (workflow_id);

-- broodstock --------------------------------------------------------------------------------------

create index broodstock_eggsupplier_name_abe71e10_like on public.broodstock_eggsupplier (name varchar_pattern_ops);

-- environmental -----------------------------------------------------------------------------------

alter table public.environmental_weatherdata
  add constraint environmental_weathe_area_id_e81b5ead_fk_infrastru
    foreign key (area_id) references public.infrastructure_area(id) deferrable initially deferred;

alter table public.environmental_photoperioddata
  add constraint environmental_photop_area_id_394f06ca_fk_infrastru
    foreign key (area_id) references public.infrastructure_area(id) deferrable initially deferred;

alter table public.environmental_stagetransitionenvironmental
  add constraint environmental_staget_batch_transfer_workf_bf243958_fk_batch_bat
    foreign key (batch_transfer_workflow_id) references public.batch_batchtransferworkflow(id) deferrable initially deferred;

create index environment_area_id_7e45b9_idx on public.environmental_weatherdata (area_id, "timestamp");
create index environmental_weatherdata_area_id_e81b5ead on public.environmental_weatherdata (area_id);
create index environment_area_id_9c8f82_idx on public.environmental_photoperioddata (area_id, date);
create index environmental_photoperioddata_area_id_394f06ca on public.environmental_photoperioddata (area_id);
create index environmental_stagetransit_batch_transfer_workflow_id_bf243958 on public.environmental_stagetransitionenvironmental (batch_transfer_workflow_id);

-- inventory ---------------------------------------------------------------------------------------

alter table public.inventory_feedpurchase
  add constraint inventory_feedpurchase_feed_id_7e5bc41a_fk_inventory_feed_id
    foreign key (feed_id) references public.inventory_feed(id) deferrable initially deferred;

alter table public.inventory_feedcontainerstock
  add constraint inventory_feedcontai_feed_container_id_c62f5016_fk_infrastru
    foreign key (feed_container_id) references public.infrastructure_feedcontainer(id) deferrable initially deferred,
  add constraint inventory_feedcontai_feed_purchase_id_5da71410_fk_inventory
    foreign key (feed_purchase_id) references public.inventory_feedpurchase(id) deferrable initially deferred;

alter table public.inventory_batchfeedingsummary
  add constraint inventory_batchfeedi_batch_id_e8c97c74_fk_batch_bat
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred;

alter table public.inventory_containerfeedingsummary
  add constraint inventory_containerf_batch_id_d21c5fe8_fk_batch_bat
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint inventory_containerf_container_assignment_82f62b87_fk_batch_bat
    foreign key (container_assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred;

create index inventory_feedpurchase_feed_id_7e5bc41a on public.inventory_feedpurchase (feed_id);
create index inventory_f_feed_co_cd3df6_idx on public.inventory_feedcontainerstock (feed_container_id, entry_date);
create index inventory_f_feed_pu_89e94c_idx on public.inventory_feedcontainerstock (feed_purchase_id);
create index inventory_feedcontainerstock_feed_container_id_c62f5016 on public.inventory_feedcontainerstock (feed_container_id);
create index inventory_feedcontainerstock_feed_purchase_id_5da71410 on public.inventory_feedcontainerstock (feed_purchase_id);
create index inventory_batchfeedingsummary_batch_id_e8c97c74 on public.inventory_batchfeedingsummary (batch_id);
create index inventory_c_batch_i_f16328_idx on public.inventory_containerfeedingsummary (batch_id, period_start, period_end);
create index inventory_c_contain_3994a5_idx on public.inventory_containerfeedingsummary (container_assignment_id, period_start);
create index inventory_containerfeeding_container_assignment_id_82f62b87 on public.inventory_containerfeedingsummary (container_assignment_id);
create index inventory_containerfeedingsummary_batch_id_d21c5fe8 on public.inventory_containerfeedingsummary (batch_id);

-- health ------------------------------------------------------------------------------------------

alter table public.health_parameterscoredefinition
  add constraint health_parameterscor_parameter_id_ae4aa49e_fk_health_he
    foreign key (parameter_id) references public.health_healthparameter(id) deferrable initially deferred;

alter table public.health_journalentry
  add constraint health_journalentry_batch_id_2113da39_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint health_journalentry_container_id_6a80915c_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred,
  add constraint health_journalentry_user_id_0356d1f2_fk_auth_user_id
    foreign key (user_id) references public.auth_user(id) deferrable initially deferred;

alter table public.health_mortalityrecord
  add constraint health_mortalityreco_assignment_id_66a0df76_fk_batch_bat
    foreign key (assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint health_mortalityreco_container_id_9e31e17f_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred,
  add constraint health_mortalityreco_reason_id_ac11438e_fk_health_mo
    foreign key (reason_id) references public.health_mortalityreason(id) deferrable initially deferred,
  add constraint health_mortalityrecord_batch_id_febab722_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred;

alter table public.health_healthsamplingevent
  add constraint health_healthsamplin_assignment_id_5c4d5134_fk_batch_bat
    foreign key (assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint health_healthsamplin_sampled_by_id_326328c8_fk_auth_user
    foreign key (sampled_by_id) references public.auth_user(id) deferrable initially deferred;

alter table public.health_treatment
  add constraint health_treatment_batch_assignment_id_9487f26e_fk_batch_bat
    foreign key (batch_assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint health_treatment_batch_id_2975ee7b_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint health_treatment_container_id_e74eca63_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred,
  add constraint health_treatment_journal_entry_id_8b1920af_fk_health_jo
    foreign key (journal_entry_id) references public.health_journalentry(id) deferrable initially deferred,
  add constraint health_treatment_sampling_event_id_2333ae80_fk_health_he
    foreign key (sampling_event_id) references public.health_healthsamplingevent(id) deferrable initially deferred,
  add constraint health_treatment_user_id_2a95813e_fk_auth_user_id
    foreign key (user_id) references public.auth_user(id) deferrable initially deferred,
  add constraint health_treatment_vaccination_type_id_2f749ed6_fk_health_va
    foreign key (vaccination_type_id) references public.health_vaccinationtype(id) deferrable initially deferred;

alter table public.health_healthlabsample
  add constraint health_healthlabsamp_batch_container_assi_cd979ff6_fk_batch_bat
    foreign key (batch_container_assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint health_healthlabsamp_sample_type_id_03f61d42_fk_health_sa
    foreign key (sample_type_id) references public.health_sampletype(id) deferrable initially deferred,
  add constraint health_healthlabsample_recorded_by_id_3bc6f6d5_fk_auth_user_id
    foreign key (recorded_by_id) references public.auth_user(id) deferrable initially deferred;

create index health_healthparameter_name_5562495c_like on public.health_healthparameter (name varchar_pattern_ops);
create index health_parameterscoredefinition_parameter_id_ae4aa49e on public.health_parameterscoredefinition (parameter_id);
create index health_lice_is_acti_ae0e03_idx on public.health_licetype (is_active);
create index health_lice_species_6bb9eb_idx on public.health_licetype (species, development_stage);
create index health_mortalityreason_name_208740c4_like on public.health_mortalityreason (name varchar_pattern_ops);
create index health_sampletype_name_98bc3430_like on public.health_sampletype (name varchar_pattern_ops);
create index health_vaccinationtype_name_d055bd70_like on public.health_vaccinationtype (name varchar_pattern_ops);
create index health_journalentry_batch_id_2113da39 on public.health_journalentry (batch_id);
create index health_journalentry_container_id_6a80915c on public.health_journalentry (container_id);
create index health_journalentry_user_id_0356d1f2 on public.health_journalentry (user_id);
create index health_mortalityrecord_assignment_id_66a0df76 on public.health_mortalityrecord (assignment_id);
create index health_mortalityrecord_batch_id_febab722 on public.health_mortalityrecord (batch_id);
create index health_mortalityrecord_container_id_9e31e17f on public.health_mortalityrecord (container_id);
create index health_mortalityrecord_reason_id_ac11438e on public.health_mortalityrecord (reason_id);
create index health_healthsamplingevent_assignment_id_5c4d5134 on public.health_healthsamplingevent (assignment_id);
create index health_healthsamplingevent_sampled_by_id_326328c8 on public.health_healthsamplingevent (sampled_by_id);
create index health_treatment_batch_assignment_id_9487f26e on public.health_treatment (batch_assignment_id);
create index health_treatment_batch_id_2975ee7b on public.health_treatment (batch_id);
create index health_treatment_container_id_e74eca63 on public.health_treatment (container_id);
create index health_treatment_journal_entry_id_8b1920af on public.health_treatment (journal_entry_id);
create index health_treatment_sampling_event_id_2333ae80 on public.health_treatment (sampling_event_id);
create index health_treatment_user_id_2a95813e on public.health_treatment (user_id);
create index health_treatment_vaccination_type_id_2f749ed6 on public.health_treatment (vaccination_type_id);
create index health_healthlabsample_batch_container_assignment_id_cd979ff6 on public.health_healthlabsample (batch_container_assignment_id);
create index health_healthlabsample_recorded_by_id_3bc6f6d5 on public.health_healthlabsample (recorded_by_id);
create index health_healthlabsample_sample_type_id_03f61d42 on public.health_healthlabsample (sample_type_id);

-- harvest -----------------------------------------------------------------------------------------

alter table public.harvest_harvestevent
  add constraint harvest_harvestevent_assignment_id_0af31dcf_fk_batch_bat
    foreign key (assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint harvest_harvestevent_batch_id_4291898e_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint harvest_harvestevent_dest_geography_id_2f12b75c_fk_infrastru
    foreign key (dest_geography_id) references public.infrastructure_geography(id) deferrable initially deferred;

alter table public.harvest_harvestlot
  add constraint harvest_harvestlot_event_id_8e23649c_fk_harvest_harvestevent_id
    foreign key (event_id) references public.harvest_harvestevent(id) deferrable initially deferred,
  add constraint harvest_harvestlot_product_grade_id_ec620cd0_fk_harvest_p
    foreign key (product_grade_id) references public.harvest_productgrade(id) deferrable initially deferred;

alter table public.harvest_harvestwaste
  add constraint harvest_harvestwaste_event_id_1a084810_fk_harvest_h
    foreign key (event_id) references public.harvest_harvestevent(id) deferrable initially deferred;

create index harvest_productgrade_code_0a727639_like on public.harvest_productgrade (code varchar_pattern_ops);
create index harvest_har_dest_su_86e9c4_idx on public.harvest_harvestevent (dest_subsidiary);
create index harvest_har_event_d_b1dbec_idx on public.harvest_harvestevent (event_date, batch_id);
create index harvest_harvestevent_assignment_id_0af31dcf on public.harvest_harvestevent (assignment_id);
create index harvest_harvestevent_batch_id_4291898e on public.harvest_harvestevent (batch_id);
create index harvest_harvestevent_dest_geography_id_2f12b75c on public.harvest_harvestevent (dest_geography_id);
create index harvest_harvestevent_event_date_62f1aa8e on public.harvest_harvestevent (event_date);
create index harvest_harvestlot_event_id_8e23649c on public.harvest_harvestlot (event_id);
create index harvest_harvestlot_product_grade_id_ec620cd0 on public.harvest_harvestlot (product_grade_id);
create index harvest_harvestwaste_event_id_1a084810 on public.harvest_harvestwaste (event_id);

-- planning ----------------------------------------------------------------------------------------

alter table public.planning_activitytemplate
  add constraint planning_activitytem_target_lifecycle_sta_c5b72fd3_fk_batch_lif
    foreign key (target_lifecycle_stage_id) references public.batch_lifecyclestage(id) deferrable initially deferred;

alter table public.planning_plannedactivity
  add constraint planning_plannedacti_completed_by_id_b6be6d73_fk_auth_user
    foreign key (completed_by_id) references public.auth_user(id) deferrable initially deferred,
  add constraint planning_plannedacti_container_id_aecca6a5_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred,
  add constraint planning_plannedacti_scenario_id_efb32f8e_fk_scenario_
    foreign key (scenario_id) references public.scenario(scenario_id) deferrable initially deferred,
  add constraint planning_plannedacti_transfer_workflow_id_6c259851_fk_batch_bat
    foreign key (transfer_workflow_id) references public.batch_batchtransferworkflow(id) deferrable initially deferred,
  add constraint planning_plannedactivity_batch_id_48ad4c5a_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint planning_plannedactivity_created_by_id_08044436_fk_auth_user_id
    foreign key (created_by_id) references public.auth_user(id) deferrable initially deferred;

create index planning_activitytemplate_name_372588a5_like on public.planning_activitytemplate (name varchar_pattern_ops);
create index planning_activitytemplate_target_lifecycle_stage_id_c5b72fd3 on public.planning_activitytemplate (target_lifecycle_stage_id);
create index idx_pa_batch_status on public.planning_plannedactivity (batch_id, status);
create index idx_pa_scenario_due_date on public.planning_plannedactivity (scenario_id, due_date);
create index idx_pa_type_status on public.planning_plannedactivity (activity_type, status);
create index planning_plannedactivity_batch_id_48ad4c5a on public.planning_plannedactivity (batch_id);
create index planning_plannedactivity_completed_by_id_b6be6d73 on public.planning_plannedactivity (completed_by_id);
create index planning_plannedactivity_container_id_aecca6a5 on public.planning_plannedactivity (container_id);
create index planning_plannedactivity_created_by_id_08044436 on public.planning_plannedactivity (created_by_id);
create index planning_plannedactivity_scenario_id_efb32f8e on public.planning_plannedactivity (scenario_id);
create index planning_plannedactivity_transfer_workflow_id_6c259851 on public.planning_plannedactivity (transfer_workflow_id);

-- scenario ----------------------------------------------------------------------------------------

alter table public.scenario_temperaturereading
  add constraint scenario_temperature_profile_id_a90a5b1f_fk_scenario_
    foreign key (profile_id) references public.scenario_temperatureprofile(profile_id) deferrable initially deferred;

alter table public.scenario_tgcmodel
  add constraint scenario_tgcmodel_profile_id_92078fee_fk_scenario_
    foreign key (profile_id) references public.scenario_temperatureprofile(profile_id) deferrable initially deferred;

alter table public.scenario_tgc_model_stage
  add constraint scenario_tgc_model_s_tgc_model_id_101f9594_fk_scenario_
    foreign key (tgc_model_id) references public.scenario_tgcmodel(model_id) deferrable initially deferred;

alter table public.scenario_mortality_model_stage
  add constraint scenario_mortality_m_mortality_model_id_58772925_fk_scenario_
    foreign key (mortality_model_id) references public.scenario_mortalitymodel(model_id) deferrable initially deferred;

alter table public.scenario_fcrmodelstage
  add constraint scenario_fcrmodelsta_model_id_e0100f8b_fk_scenario_
    foreign key (model_id) references public.scenario_fcrmodel(model_id) deferrable initially deferred,
  add constraint scenario_fcrmodelsta_stage_id_d3891986_fk_batch_lif
    foreign key (stage_id) references public.batch_lifecyclestage(id) deferrable initially deferred;

alter table public.scenario_fcr_model_stage_override
  add constraint scenario_fcr_model_s_fcr_stage_id_eb9ad673_fk_scenario_
    foreign key (fcr_stage_id) references public.scenario_fcrmodelstage(id) deferrable initially deferred;

alter table public.scenario_biological_constraints
  add constraint scenario_biological__created_by_id_2e3e282d_fk_auth_user
    foreign key (created_by_id) references public.auth_user(id) deferrable initially deferred;

alter table public.scenario_stage_constraint
  add constraint scenario_stage_const_constraint_set_id_09bb77ca_fk_scenario_
    foreign key (constraint_set_id) references public.scenario_biological_constraints(id) deferrable initially deferred;

alter table public.scenario
  add constraint scenario_biological_constrain_8b581e36_fk_scenario_
    foreign key (biological_constraints_id) references public.scenario_biological_constraints(id) deferrable initially deferred,
  add constraint scenario_scenario_batch_id_8cce444a_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint scenario_scenario_created_by_id_4cb71c25_fk_auth_user_id
    foreign key (created_by_id) references public.auth_user(id) deferrable initially deferred,
  add constraint scenario_scenario_fcr_model_id_88528acc_fk_scenario_
    foreign key (fcr_model_id) references public.scenario_fcrmodel(model_id) deferrable initially deferred,
  add constraint scenario_scenario_mortality_model_id_5ddb3563_fk_scenario_
    foreign key (mortality_model_id) references public.scenario_mortalitymodel(model_id) deferrable initially deferred,
  add constraint scenario_scenario_tgc_model_id_e8531581_fk_scenario_
    foreign key (tgc_model_id) references public.scenario_tgcmodel(model_id) deferrable initially deferred;

alter table public.scenario_scenariomodelchange
  add constraint scenario_scenariomod_new_fcr_model_id_0e437796_fk_scenario_
    foreign key (new_fcr_model_id) references public.scenario_fcrmodel(model_id) deferrable initially deferred,
  add constraint scenario_scenariomod_new_mortality_model__e9b2801a_fk_scenario_
    foreign key (new_mortality_model_id) references public.scenario_mortalitymodel(model_id) deferrable initially deferred,
  add constraint scenario_scenariomod_new_tgc_model_id_2104acbf_fk_scenario_
    foreign key (new_tgc_model_id) references public.scenario_tgcmodel(model_id) deferrable initially deferred,
  add constraint scenario_scenariomod_scenario_id_c0cd66ce_fk_scenario_
    foreign key (scenario_id) references public.scenario(scenario_id) deferrable initially deferred;

alter table public.scenario_projection_run
  add constraint scenario_projection__scenario_id_1bb93aa7_fk_scenario_
    foreign key (scenario_id) references public.scenario(scenario_id) deferrable initially deferred,
  add constraint scenario_projection_run_created_by_id_ac3434f8_fk_auth_user_id
    foreign key (created_by_id) references public.auth_user(id) deferrable initially deferred;

create index scenario_temperatureprofile_name_d07c9a3f_like on public.scenario_temperatureprofile (name varchar_pattern_ops);
create index scenario_temperaturereading_profile_id_a90a5b1f on public.scenario_temperaturereading (profile_id);
create index scenario_tgcmodel_name_7aef02b4_like on public.scenario_tgcmodel (name varchar_pattern_ops);
create index scenario_tgcmodel_profile_id_92078fee on public.scenario_tgcmodel (profile_id);
create index scenario_tgc_model_stage_tgc_model_id_101f9594 on public.scenario_tgc_model_stage (tgc_model_id);
create index scenario_mortalitymodel_name_1056cb23_like on public.scenario_mortalitymodel (name varchar_pattern_ops);
create index scenario_mortality_model_stage_mortality_model_id_58772925 on public.scenario_mortality_model_stage (mortality_model_id);
create index scenario_fcrmodel_name_77918431_like on public.scenario_fcrmodel (name varchar_pattern_ops);
create index scenario_fcrmodelstage_model_id_e0100f8b on public.scenario_fcrmodelstage (model_id);
create index scenario_fcrmodelstage_stage_id_d3891986 on public.scenario_fcrmodelstage (stage_id);
create index scenario_fcr_model_stage_override_fcr_stage_id_eb9ad673 on public.scenario_fcr_model_stage_override (fcr_stage_id);
create index scenario_biological_constraints_created_by_id_2e3e282d on public.scenario_biological_constraints (created_by_id);
create index scenario_biological_constraints_name_e44ab70f_like on public.scenario_biological_constraints (name varchar_pattern_ops);
create index scenario_stage_constraint_constraint_set_id_09bb77ca on public.scenario_stage_constraint (constraint_set_id);
create index scenario_biological_constraints_id_8b581e36 on public.scenario (biological_constraints_id);
create index scenario_created_277418_idx on public.scenario (created_by_id);
create index scenario_scenario_batch_id_8cce444a on public.scenario (batch_id);
create index scenario_scenario_created_by_id_4cb71c25 on public.scenario (created_by_id);
create index scenario_scenario_fcr_model_id_88528acc on public.scenario (fcr_model_id);
create index scenario_scenario_mortality_model_id_5ddb3563 on public.scenario (mortality_model_id);
create index scenario_scenario_tgc_model_id_e8531581 on public.scenario (tgc_model_id);
create index scenario_start_d_75cb3d_idx on public.scenario (start_date);
create index scenario_scenariomodelchange_new_fcr_model_id_0e437796 on public.scenario_scenariomodelchange (new_fcr_model_id);
create index scenario_scenariomodelchange_new_mortality_model_id_e9b2801a on public.scenario_scenariomodelchange (new_mortality_model_id);
create index scenario_scenariomodelchange_new_tgc_model_id_2104acbf on public.scenario_scenariomodelchange (new_tgc_model_id);
create index scenario_scenariomodelchange_scenario_id_c0cd66ce on public.scenario_scenariomodelchange (scenario_id);
create index scenario_pr_run_num_231c54_idx on public.scenario_projection_run (run_number);
create index scenario_pr_scenari_58c6d2_idx on public.scenario_projection_run (scenario_id, run_date desc);
create index scenario_projection_run_created_by_id_ac3434f8 on public.scenario_projection_run (created_by_id);
create index scenario_projection_run_scenario_id_1bb93aa7 on public.scenario_projection_run (scenario_id);

-- finance -----------------------------------------------------------------------------------------

alter table public.finance_dimcompany
  add constraint finance_dimcompany_geography_id_d346c169_fk_infrastru
    foreign key (geography_id) references public.infrastructure_geography(id) deferrable initially deferred;

alter table public.finance_dimsite
  add constraint finance_dimsite_company_id_f1e8b1b6_fk_finance_d
    foreign key (company_id) references public.finance_dimcompany(company_id) deferrable initially deferred;

alter table public.finance_intercompanypolicy
  add constraint finance_intercompany_from_company_id_7231c925_fk_finance_d
    foreign key (from_company_id) references public.finance_dimcompany(company_id) deferrable initially deferred,
  add constraint finance_intercompany_lifecycle_stage_id_a60e0ac1_fk_batch_lif
    foreign key (lifecycle_stage_id) references public.batch_lifecyclestage(id) deferrable initially deferred,
  add constraint finance_intercompany_product_grade_id_d0310b5e_fk_harvest_p
    foreign key (product_grade_id) references public.harvest_productgrade(id) deferrable initially deferred,
  add constraint finance_intercompany_to_company_id_295857dd_fk_finance_d
    foreign key (to_company_id) references public.finance_dimcompany(company_id) deferrable initially deferred;

alter table public.finance_factharvest
  add constraint finance_factharvest_dim_company_id_2cc1e381_fk_finance_d
    foreign key (dim_company_id) references public.finance_dimcompany(company_id) deferrable initially deferred,
  add constraint finance_factharvest_dim_site_id_f4dc76ed_fk_finance_d
    foreign key (dim_site_id) references public.finance_dimsite(site_id) deferrable initially deferred,
  add constraint finance_factharvest_event_id_22d066af_fk_harvest_h
    foreign key (event_id) references public.harvest_harvestevent(id) deferrable initially deferred,
  add constraint finance_factharvest_lot_id_fba4ddbc_fk_harvest_harvestlot_id
    foreign key (lot_id) references public.harvest_harvestlot(id) deferrable initially deferred,
  add constraint finance_factharvest_product_grade_id_f66052c7_fk_harvest_p
    foreign key (product_grade_id) references public.harvest_productgrade(id) deferrable initially deferred;

alter table public.finance_intercompanytransaction
  add constraint finance_intercompany_approved_by_id_be638001_fk_auth_user
    foreign key (approved_by_id) references public.auth_user(id) deferrable initially deferred,
  add constraint finance_intercompany_content_type_id_25451a8d_fk_django_co
    foreign key (content_type_id) references public.django_content_type(id) deferrable initially deferred,
  add constraint finance_intercompany_event_id_28b3012e_fk_harvest_h
    foreign key (event_id) references public.harvest_harvestevent(id) deferrable initially deferred,
  add constraint finance_intercompany_policy_id_4d216105_fk_finance_i
    foreign key (policy_id) references public.finance_intercompanypolicy(policy_id) deferrable initially deferred;

alter table public.finance_navexportbatch
  add constraint finance_navexportbat_company_id_de7f7a45_fk_finance_d
    foreign key (company_id) references public.finance_dimcompany(company_id) deferrable initially deferred;

alter table public.finance_navexportline
  add constraint finance_navexportlin_batch_id_e5eba896_fk_finance_n
    foreign key (batch_id) references public.finance_navexportbatch(batch_id) deferrable initially deferred,
  add constraint finance_navexportlin_dim_company_id_0a3ea6d4_fk_finance_d
    foreign key (dim_company_id) references public.finance_dimcompany(company_id) deferrable initially deferred,
  add constraint finance_navexportlin_dim_site_id_b2c97cee_fk_finance_d
    foreign key (dim_site_id) references public.finance_dimsite(site_id) deferrable initially deferred,
  add constraint finance_navexportlin_product_grade_id_e7117bb1_fk_harvest_p
    foreign key (product_grade_id) references public.harvest_productgrade(id) deferrable initially deferred,
  add constraint finance_navexportlin_transaction_id_001ae49d_fk_finance_i
    foreign key (transaction_id) references public.finance_intercompanytransaction(tx_id) deferrable initially deferred;

create index finance_dimcompany_geography_id_d346c169 on public.finance_dimcompany (geography_id);
create index finance_dimsite_company_id_f1e8b1b6 on public.finance_dimsite (company_id);
create index finance_intercompanypolicy_from_company_id_7231c925 on public.finance_intercompanypolicy (from_company_id);
create index finance_intercompanypolicy_lifecycle_stage_id_a60e0ac1 on public.finance_intercompanypolicy (lifecycle_stage_id);
create index finance_intercompanypolicy_product_grade_id_d0310b5e on public.finance_intercompanypolicy (product_grade_id);
create index finance_intercompanypolicy_to_company_id_295857dd on public.finance_intercompanypolicy (to_company_id);
create unique index intercompany_policy_company_grade_uniq on public.finance_intercompanypolicy (from_company_id, to_company_id, product_grade_id)
  where pricing_basis = 'grade' and product_grade_id is not null;
create unique index intercompany_policy_company_lifecycle_uniq on public.finance_intercompanypolicy (from_company_id, to_company_id, lifecycle_stage_id)
  where lifecycle_stage_id is not null and pricing_basis = 'lifecycle';
create index finance_factharvest_dim_company_id_2cc1e381 on public.finance_factharvest (dim_company_id);
create index finance_factharvest_dim_site_id_f4dc76ed on public.finance_factharvest (dim_site_id);
create index finance_factharvest_event_date_03ce0fa1 on public.finance_factharvest (event_date);
create index finance_factharvest_event_id_22d066af on public.finance_factharvest (event_id);
create index finance_factharvest_product_grade_id_f66052c7 on public.finance_factharvest (product_grade_id);
create index ix_fact_harvest_company_grade on public.finance_factharvest (dim_company_id, product_grade_id);
create index ix_fact_harvest_event_date on public.finance_factharvest (event_date);
create index finance_intercompanytransaction_approved_by_id_be638001 on public.finance_intercompanytransaction (approved_by_id);
create index finance_intercompanytransaction_content_type_id_25451a8d on public.finance_intercompanytransaction (content_type_id);
create index finance_intercompanytransaction_event_id_28b3012e on public.finance_intercompanytransaction (event_id);
create index finance_intercompanytransaction_policy_id_4d216105 on public.finance_intercompanytransaction (policy_id);
create index finance_intercompanytransaction_posting_date_2c1940c5 on public.finance_intercompanytransaction (posting_date);
create unique index intercompany_transaction_event_policy_uniq on public.finance_intercompanytransaction (event_id, policy_id)
  where event_id is not null;
create index ix_interco_ct_objid on public.finance_intercompanytransaction (content_type_id, object_id);
create index ix_interco_state_posting on public.finance_intercompanytransaction (state, posting_date);
create index ix_intercompany_posting_date on public.finance_intercompanytransaction (posting_date);
create index finance_navexportbatch_company_id_de7f7a45 on public.finance_navexportbatch (company_id);
create index finance_navexportline_batch_id_e5eba896 on public.finance_navexportline (batch_id);
create index finance_navexportline_dim_company_id_0a3ea6d4 on public.finance_navexportline (dim_company_id);
create index finance_navexportline_dim_site_id_b2c97cee on public.finance_navexportline (dim_site_id);
create index finance_navexportline_product_grade_id_e7117bb1 on public.finance_navexportline (product_grade_id);
create index finance_navexportline_transaction_id_001ae49d on public.finance_navexportline (transaction_id);

-- Views that the application's reports read ------------------------------------------------------

create view public.vw_fact_harvest as
select
  f.fact_id,
  f.event_date,
  f.quantity_kg,
  f.unit_count,
  g.code as product_grade_code,
  c.display_name as company,
  s.site_name,
  f.dim_batch_id as batch_id
from public.finance_factharvest f
join public.harvest_productgrade g on g.id = f.product_grade_id
join public.finance_dimcompany c on c.company_id = f.dim_company_id
join public.finance_dimsite s on s.site_id = f.dim_site_id;

-- A smolt transfer has no grade, hence the outer join.
create view public.vw_intercompany_transactions as
select
  t.tx_id,
  t.posting_date,
  t.state,
  seller.display_name as from_company,
  buyer.display_name as to_company,
  g.code as product_grade_code,
  t.amount,
  t.currency
from public.finance_intercompanytransaction t
join public.finance_intercompanypolicy p on p.policy_id = t.policy_id
join public.finance_dimcompany seller on seller.company_id = p.from_company_id
join public.finance_dimcompany buyer on buyer.company_id = p.to_company_id
left join public.harvest_productgrade g on g.id = p.product_grade_id;

$ddl$; end if; end $guard$;
