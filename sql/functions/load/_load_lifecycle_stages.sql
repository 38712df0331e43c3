-- The life-cycle stages, id = order, and the activity templates, which point to them. Lengths follow
-- from the weights by the condition factor, L = (100 W / K)^(1/3) cm.
create or replace function aquaseed._load_lifecycle_stages(p_master jsonb, p_biology jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_extra jsonb := jsonb_build_object(
    'created_at', p_master -> 'installed_on', 'updated_at', p_master -> 'installed_on',
    'is_active', true, 'trigger_type', 'DAY_OFFSET'
  );
  v_unknown text;
begin
  select string_agg(s.life_stage_key, ', ' order by s.life_stage_no) into v_unknown
  from aquaseed._list_life_stages(p_master, p_biology) s
  where s.details is null;
  if v_unknown is not null then
    raise exception 'stages without master data: %', v_unknown
      using errcode = 'AQ002', hint = 'Add them to lifecycle_stages in config/master-data.yaml.';
  end if;

  table_name := 'batch_lifecyclestage';
  rows := aquaseed._insert_missing(table_name, 'id', '{name}', (
    select jsonb_agg(v_extra || s.details || jsonb_build_object(
      'id', s.life_stage_no,
      'name', s.life_stage_name,
      'order', s.life_stage_no,
      'species_id', p.id,
      'typical_duration_days', s.typical_days,
      'expected_length_min_cm', round(cbrt(
        100 * (s.details ->> 'expected_weight_min_g')::float8 / (s.biology #>> '{condition_factor,from}')::float8
      )::numeric, 2),
      'expected_length_max_cm', round(cbrt(
        100 * (s.details ->> 'expected_weight_max_g')::float8 / (s.biology #>> '{condition_factor,to}')::float8
      )::numeric, 2)
    ) order by s.life_stage_no)
    from aquaseed._list_life_stages(p_master, p_biology) s
    join public.batch_species p on p.name = p_master #>> '{species,0,name}'
  ));
  return next;

  table_name := 'planning_activitytemplate';
  rows := aquaseed._insert_missing(table_name, 'id', '{name}', (
    select jsonb_agg(v_extra || t.doc || jsonb_build_object(
      'id', t.n, 'target_lifecycle_stage_id', l.id
    ) order by t.n)
    from jsonb_array_elements(p_master -> 'activity_templates') with ordinality as t (doc, n)
    left join aquaseed._list_life_stages(p_master, p_biology) s on s.life_stage_key = t.doc ->> 'target_stage'
    left join public.batch_lifecyclestage l on l.name = s.life_stage_name
  ));
  return next;
end
$$;

comment on function aquaseed._load_lifecycle_stages(jsonb, jsonb) is
  'Loads the life-cycle stages and the activity templates.';
