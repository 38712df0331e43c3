-- The values that AquaMind accepts in its columns of choice. AquaMind checks them in the application, not in the
-- database, so check 56 does it here. Compared with the facts of AquaMind's schema by a test. Not here: the stages of
-- scenario_tgc_model_stage and scenario_mortality_model_stage, which the application reads by name.

create table aquaseed.allowed_value (
  table_name text not null,
  column_name text not null,
  value text not null,
  primary key (table_name, column_name, value)
);
comment on table aquaseed.allowed_value is
  'Values that AquaMind accepts in columns of choice; a null is allowed where the column allows it.';

insert into aquaseed.allowed_value (table_name, column_name, value)
select v.table_name, v.column_name, unnest(v.allowed)
from (values
  ('batch_actualdailyassignmentstate', 'anchor_type',
   array['growth_sample', 'transfer', 'vaccination', 'manual', 'planned_activity']),
  ('batch_batch', 'status', array['PLANNED', 'RECEIVING', 'ACTIVE', 'COMPLETED', 'TERMINATED', 'CANCELLED']),
  ('batch_batch', 'batch_type', array['STANDARD', 'MIXED']),
  ('batch_batchtransferworkflow', 'workflow_type',
   array['LIFECYCLE_TRANSITION', 'CONTAINER_REDISTRIBUTION', 'EMERGENCY_CASCADE']),
  ('batch_batchtransferworkflow', 'status', array['DRAFT', 'PLANNED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED']),
  ('batch_creationaction', 'status', array['PENDING', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'SKIPPED']),
  ('batch_creationaction', 'delivery_method', array['TRANSPORT', 'HELICOPTER', 'BOAT', 'INTERNAL_TRANSFER']),
  ('batch_creationworkflow', 'status', array['DRAFT', 'PLANNED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED']),
  ('batch_creationworkflow', 'egg_source_type', array['INTERNAL', 'EXTERNAL']),
  ('batch_mortalityevent', 'cause', array['DISEASE', 'HANDLING', 'PREDATION', 'ENVIRONMENTAL', 'UNKNOWN', 'OTHER']),
  ('batch_transferaction', 'status', array['PENDING', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'SKIPPED']),
  ('batch_transferaction', 'transfer_method', array['NET', 'PUMP', 'GRAVITY', 'MANUAL']),
  ('batch_transferaction', 'selection_method', array['AVERAGE', 'LARGEST', 'SMALLEST']),
  ('finance_dimcompany', 'subsidiary', array['BS', 'FW', 'FM', 'LG', 'ALL']),
  ('finance_dimsite', 'source_model', array['station', 'area']),
  ('finance_intercompanypolicy', 'pricing_basis', array['grade', 'lifecycle', 'egg_delivery']),
  ('finance_intercompanypolicy', 'method', array['market', 'cost_plus', 'standard']),
  ('finance_intercompanytransaction', 'state', array['pending', 'posted', 'exported']),
  ('finance_navexportbatch', 'state', array['draft', 'exported']),
  ('harvest_harvestevent', 'dest_subsidiary', array['BS', 'FW', 'FM', 'LG', 'ALL']),
  ('health_journalentry', 'category',
   array['observation', 'issue', 'action', 'diagnosis', 'treatment', 'vaccination', 'sample']),
  ('health_journalentry', 'severity', array['low', 'medium', 'high']),
  ('health_licecount', 'detection_method', array['automated', 'manual', 'visual', 'camera']),
  ('health_licetype', 'gender', array['male', 'female', 'unknown']),
  ('health_treatment', 'treatment_type', array['medication', 'vaccination', 'physical', 'other']),
  ('health_treatment', 'outcome', array['pending', 'successful', 'partial', 'unsuccessful']),
  ('infrastructure_containertype', 'category', array['TANK', 'PEN', 'TRAY', 'OTHER']),
  ('infrastructure_feedcontainer', 'container_type', array['SILO', 'BARGE', 'TANK', 'OTHER']),
  ('infrastructure_freshwaterstation', 'station_type', array['FRESHWATER', 'BROODSTOCK']),
  ('infrastructure_sensor', 'sensor_type', array['TEMPERATURE', 'OXYGEN', 'PH', 'SALINITY', 'CO2', 'OTHER']),
  ('inventory_batchfeedingsummary', 'overall_confidence_level', array['VERY_HIGH', 'HIGH', 'MEDIUM', 'LOW']),
  ('inventory_batchfeedingsummary', 'estimation_method', array['MEASURED', 'MIXED', 'INTERPOLATED']),
  ('inventory_containerfeedingsummary', 'confidence_level', array['VERY_HIGH', 'HIGH', 'MEDIUM', 'LOW']),
  ('inventory_containerfeedingsummary', 'estimation_method', array['MEASURED', 'INTERPOLATED']),
  ('inventory_feed', 'size_category', array['MICRO', 'SMALL', 'MEDIUM', 'LARGE']),
  ('inventory_feedingevent', 'method', array['MANUAL', 'AUTOMATIC', 'BROADCAST']),
  ('planning_activitytemplate', 'activity_type',
   array['VACCINATION', 'TREATMENT', 'CULL', 'HARVEST', 'SALE', 'FEED_CHANGE', 'TRANSFER', 'MAINTENANCE', 'SAMPLING', 'OTHER']),
  ('planning_activitytemplate', 'trigger_type', array['DAY_OFFSET', 'WEIGHT_THRESHOLD', 'STAGE_TRANSITION']),
  ('planning_plannedactivity', 'activity_type',
   array['VACCINATION', 'TREATMENT', 'CULL', 'HARVEST', 'SALE', 'FEED_CHANGE', 'TRANSFER', 'MAINTENANCE', 'SAMPLING', 'OTHER']),
  ('planning_plannedactivity', 'status', array['PENDING', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED']),
  ('scenario_mortalitymodel', 'frequency', array['daily', 'weekly']),
  ('scenario_stage_constraint', 'lifecycle_stage',
   array['egg', 'alevin', 'fry', 'parr', 'smolt', 'post_smolt', 'harvest']),
  ('users_userprofile', 'geography', array['FO', 'SC', 'ALL']),
  ('users_userprofile', 'subsidiary', array['BS', 'FW', 'FM', 'LG', 'ALL']),
  ('users_userprofile', 'role', array['ADMIN', 'MGR', 'OPR', 'VET', 'QA', 'FIN', 'VIEW']),
  ('users_userprofile', 'language_preference', array['en', 'fo', 'da']),
  ('users_userprofile', 'date_format_preference', array['DMY', 'MDY', 'YMD'])
) v(table_name, column_name, allowed);
