-- Keys, foreign keys and lean indexes of the partitioned tables. They have no partitions yet, so this costs
-- nothing; a leaf gets the same once it is full (sql/partitions). Differences to AquaMind:
-- the primary key is the id alone; unique constraints that lack the id cannot stand on the parent and stand on
-- every leaf instead (aquaseed.generated_table.leaf_unique) - all rows of a batch are in one leaf, so that is
-- the same; of the indexes only those that serve AquaMind's screens, and BRIN on time.
-- AquaMind's own database has them already (docs/decisions/025-adoption.md).
do $guard$ begin if to_regclass('public.django_migrations') is null then execute $ddl$

-- environmental_environmentalreading ---------------------------------------------------------------

alter table public.environmental_environmentalreading
  add constraint environmental_environmentalreading_pkey primary key (id),
  add constraint environmental_enviro_batch_container_assi_d456eeea_fk_batch_bat
    foreign key (batch_container_assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint environmental_enviro_batch_id_a24f1eb4_fk_batch_bat
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint environmental_enviro_container_id_90a69f24_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred,
  add constraint environmental_enviro_parameter_id_2310d166_fk_environme
    foreign key (parameter_id) references public.environmental_environmentalparameter(id) deferrable initially deferred,
  add constraint environmental_enviro_recorded_by_id_5d142c4c_fk_auth_user
    foreign key (recorded_by_id) references public.auth_user(id) deferrable initially deferred,
  add constraint environmental_enviro_sensor_id_ae96891a_fk_infrastru
    foreign key (sensor_id) references public.infrastructure_sensor(id) deferrable initially deferred;
create index on public.environmental_environmentalreading (container_id, parameter_id, reading_time);
-- Rows lie on disk in the order of assignment, parameter and time, so small block ranges find a batch or a series
-- as fast as b-trees that are 300 times larger (docs/decisions/009-brin-for-series.md).
create index on public.environmental_environmentalreading
  using brin (batch_id, batch_container_assignment_id, parameter_id, reading_time) with (pages_per_range = 8);

-- inventory_feedingevent ---------------------------------------------------------------------------

alter table public.inventory_feedingevent
  add constraint inventory_feedingevent_pkey primary key (id),
  add constraint inventory_feedingeve_batch_assignment_id_4a4421fa_fk_batch_bat
    foreign key (batch_assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint inventory_feedingeve_container_id_2946b853_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred,
  add constraint inventory_feedingevent_batch_id_24ea0763_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint inventory_feedingevent_feed_id_dffda126_fk_inventory_feed_id
    foreign key (feed_id) references public.inventory_feed(id) deferrable initially deferred,
  add constraint inventory_feedingevent_recorded_by_id_ec36c053_fk_auth_user_id
    foreign key (recorded_by_id) references public.auth_user(id) deferrable initially deferred;
create index on public.inventory_feedingevent (batch_id, feeding_date);
create index on public.inventory_feedingevent (container_id, feeding_date);
create index on public.inventory_feedingevent using brin (feeding_date);

-- batch_mortalityevent -----------------------------------------------------------------------------

alter table public.batch_mortalityevent
  add constraint batch_mortalityevent_pkey primary key (id),
  add constraint batch_mortalityevent_assignment_id_18ffcfab_fk_batch_bat
    foreign key (assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint batch_mortalityevent_batch_id_7469ed0c_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred;
create index on public.batch_mortalityevent (batch_id, event_date);
create index on public.batch_mortalityevent (assignment_id, event_date);

-- batch_growthsample -------------------------------------------------------------------------------

alter table public.batch_growthsample
  add constraint batch_growthsample_pkey primary key (id),
  add constraint batch_growthsample_assignment_id_596d7621_fk_batch_bat
    foreign key (assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred;
create index on public.batch_growthsample (assignment_id, sample_date);

-- batch_individualgrowthobservation ----------------------------------------------------------------

alter table public.batch_individualgrowthobservation
  add constraint batch_individualgrowthobservation_pkey primary key (id),
  add constraint batch_individualgrow_growth_sample_id_130e39ed_fk_batch_gro
    foreign key (growth_sample_id) references public.batch_growthsample(id) deferrable initially deferred;

-- batch_actualdailyassignmentstate -----------------------------------------------------------------

alter table public.batch_actualdailyassignmentstate
  add constraint batch_actualdailyassignmentstate_pkey primary key (id),
  add constraint batch_actualdailyass_assignment_id_b984ae80_fk_batch_bat
    foreign key (assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint batch_actualdailyass_batch_id_65c3a236_fk_batch_bat
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint batch_actualdailyass_container_id_7cbfc503_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred,
  add constraint batch_actualdailyass_lifecycle_stage_id_f94c101b_fk_batch_lif
    foreign key (lifecycle_stage_id) references public.batch_lifecyclestage(id) deferrable initially deferred;
create index on public.batch_actualdailyassignmentstate (batch_id, date);
create index on public.batch_actualdailyassignmentstate (container_id, date);
create index on public.batch_actualdailyassignmentstate using brin (date);

-- health_licecount ---------------------------------------------------------------------------------

alter table public.health_licecount
  add constraint health_licecount_pkey primary key (id),
  add constraint health_licecount_assignment_id_7fca0d78_fk_batch_bat
    foreign key (assignment_id) references public.batch_batchcontainerassignment(id) deferrable initially deferred,
  add constraint health_licecount_batch_id_cdc06b8d_fk_batch_batch_id
    foreign key (batch_id) references public.batch_batch(id) deferrable initially deferred,
  add constraint health_licecount_container_id_444e734f_fk_infrastru
    foreign key (container_id) references public.infrastructure_container(id) deferrable initially deferred,
  add constraint health_licecount_lice_type_id_a6f00602_fk_health_licetype_id
    foreign key (lice_type_id) references public.health_licetype(id) deferrable initially deferred,
  add constraint health_licecount_user_id_a4c8f65b_fk_auth_user_id
    foreign key (user_id) references public.auth_user(id) deferrable initially deferred;
create index on public.health_licecount (batch_id, count_date);
create index on public.health_licecount (container_id, count_date);
create index on public.health_licecount (assignment_id, count_date);

-- health_individualfishobservation -----------------------------------------------------------------

alter table public.health_individualfishobservation
  add constraint health_individualfishobservation_pkey primary key (id),
  add constraint health_individualfis_sampling_event_id_a7750ea8_fk_health_he
    foreign key (sampling_event_id) references public.health_healthsamplingevent(id) deferrable initially deferred;

-- health_fishparameterscore ------------------------------------------------------------------------

alter table public.health_fishparameterscore
  add constraint health_fishparameterscore_pkey primary key (id),
  add constraint health_fishparameter_individual_fish_obse_17520a06_fk_health_in
    foreign key (individual_fish_observation_id) references public.health_individualfishobservation(id) deferrable initially deferred,
  add constraint health_fishparameter_parameter_id_348a179e_fk_health_he
    foreign key (parameter_id) references public.health_healthparameter(id) deferrable initially deferred;

-- scenario_scenarioprojection ----------------------------------------------------------------------

alter table public.scenario_scenarioprojection
  add constraint scenario_scenarioprojection_pkey primary key (projection_id),
  add constraint scenario_scenariopro_current_stage_id_ad117ea0_fk_batch_lif
    foreign key (current_stage_id) references public.batch_lifecyclestage(id) deferrable initially deferred,
  add constraint scenario_scenariopro_projection_run_id_1925e597_fk_scenario_
    foreign key (projection_run_id) references public.scenario_projection_run(run_id) deferrable initially deferred;
create index on public.scenario_scenarioprojection (projection_run_id, day_number);

$ddl$; end if; end $guard$;
