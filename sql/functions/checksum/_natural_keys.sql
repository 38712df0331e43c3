-- What tells the rows of master data apart that rows of a run refer to: columns by which load looks for a row
-- (_insert_missing) and a checksum by name tells which one it is. A column that refers to another of these tables
-- stands for the key of the row there.
create or replace function aquaseed._natural_keys()
returns table (table_name text, id_column text, key_columns text[]) language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  values
    ('auth_user', 'id', '{username}'::text[]),
    ('batch_lifecyclestage', 'id', '{name}'),
    ('batch_species', 'id', '{name}'),
    ('broodstock_eggsupplier', 'id', '{name}'),
    ('django_content_type', 'id', '{app_label,model}'),
    ('environmental_environmentalparameter', 'id', '{name}'),
    ('finance_dimcompany', 'company_id', '{geography_id,subsidiary}'),
    ('finance_dimsite', 'site_id', '{source_model,source_pk}'),
    ('finance_intercompanypolicy', 'policy_id',
     '{from_company_id,to_company_id,pricing_basis,lifecycle_stage_id,product_grade_id}'),
    ('harvest_productgrade', 'id', '{code}'),
    ('health_healthparameter', 'id', '{name}'),
    ('health_licetype', 'id', '{species,gender,development_stage}'),
    ('health_mortalityreason', 'id', '{name}'),
    ('health_sampletype', 'id', '{name}'),
    ('health_vaccinationtype', 'id', '{name}'),
    ('infrastructure_area', 'id', '{geography_id,name}'),
    ('infrastructure_container', 'id', '{name}'),
    ('infrastructure_feedcontainer', 'id', '{name}'),
    ('infrastructure_freshwaterstation', 'id', '{geography_id,name}'),
    ('infrastructure_geography', 'id', '{name}'),
    ('infrastructure_hall', 'id', '{freshwater_station_id,name}'),
    ('infrastructure_sensor', 'id', '{container_id,name}'),
    ('inventory_feed', 'id', '{name}'),
    ('scenario_biological_constraints', 'id', '{name}'),
    ('scenario_fcrmodel', 'model_id', '{name}'),
    ('scenario_mortalitymodel', 'model_id', '{name}'),
    ('scenario_tgcmodel', 'model_id', '{name}')
$$;

comment on function aquaseed._natural_keys() is 'Natural keys of the master data that rows of a run refer to.';
