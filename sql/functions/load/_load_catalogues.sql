-- The lists of master-data.yaml whose entries are rows as they stand: keys are column names, ids are
-- places in the list.
create or replace function aquaseed._load_catalogues(p_master jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_extra jsonb := jsonb_build_object(
    'created_at', p_master -> 'installed_on', 'updated_at', p_master -> 'installed_on', 'is_active', true,
    'min_score', 0, 'max_score', jsonb_array_length(p_master -> 'health_score_labels') - 1
  );
  v_catalogue record;
begin
  for v_catalogue in
    select *
    from (values
      (1, 'django_content_type', 'content_types', '{app_label,model}'::text[]),
      (2, 'batch_species', 'species', '{name}'),
      (3, 'environmental_environmentalparameter', 'environmental_parameters', '{name}'),
      (4, 'inventory_feed', 'feeds', '{name}'),
      (5, 'health_healthparameter', 'health_parameters', '{name}'),
      (6, 'health_licetype', 'lice_types', '{species,gender,development_stage}'),
      (7, 'health_mortalityreason', 'mortality_reasons', '{name}'),
      (8, 'health_sampletype', 'sample_types', '{name}'),
      (9, 'health_vaccinationtype', 'vaccination_types', '{name}'),
      (10, 'harvest_productgrade', 'product_grades', '{code}'),
      (11, 'broodstock_eggsupplier', 'egg_suppliers', '{name}')
    ) as c (n, target, list, natural_key)
    order by c.n
  loop
    table_name := v_catalogue.target;
    rows := aquaseed._insert_missing(
      v_catalogue.target, 'id', v_catalogue.natural_key,
      aquaseed._number_rows(p_master -> v_catalogue.list, 'id', v_extra)
    );
    return next;
  end loop;

  -- What each score of a health parameter means.
  table_name := 'health_parameterscoredefinition';
  rows := aquaseed._insert_missing(table_name, 'id', '{parameter_id,score_value}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'id', (p.n - 1) * jsonb_array_length(p_master -> 'health_score_labels') + s.n,
      'parameter_id', h.id,
      'score_value', s.n - 1,
      'label', p_master -> 'health_score_labels' ->> (s.n - 1)::integer,
      'description', s.description,
      'display_order', s.n - 1
    ) order by p.n, s.n)
    from jsonb_array_elements(p_master -> 'health_parameters') with ordinality as p (doc, n)
    join public.health_healthparameter h on h.name = p.doc ->> 'name'
    cross join jsonb_array_elements_text(p.doc -> 'scores') with ordinality as s (description, n)
  ));
  return next;
end
$$;

comment on function aquaseed._load_catalogues(jsonb) is
  'Loads the plain catalogues: species, parameters, feeds, health scales, lice types, grades and so on.';
