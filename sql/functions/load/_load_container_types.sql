-- Container types, by name. The volume that a type allows grows with the largest container of the farm.
-- Raises AQ002 when a container is of a type that the master data does not know.
create or replace function aquaseed._load_container_types(p_farm jsonb, p_master jsonb)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unknown text;
begin
  select string_agg(distinct quote_literal(c.type), ', ') into v_unknown
  from jsonb_to_recordset(p_farm -> 'containers') as c (type text)
  where not exists (
    select from jsonb_to_recordset(p_master -> 'container_types') as t (name text) where t.name = c.type
  );
  if v_unknown is not null then
    raise exception 'containers of unknown type: %', v_unknown
      using errcode = 'AQ002', hint = 'Add the type to container_types in config/master-data.yaml.';
  end if;

  return aquaseed._insert_missing('infrastructure_containertype', 'id', '{name}', (
    select jsonb_agg(e.doc || jsonb_build_object(
      'id', e.n,
      'max_volume_m3', greatest((e.doc ->> 'max_volume_m3')::numeric, largest.volume),
      'created_at', p_master -> 'installed_on',
      'updated_at', p_master -> 'installed_on'
    ) order by e.n)
    from jsonb_array_elements(p_master -> 'container_types') with ordinality as e (doc, n)
    left join (
      select c.type, max(c."volumeM3") as volume
      from jsonb_to_recordset(p_farm -> 'containers') as c (type text, "volumeM3" numeric)
      group by c.type
    ) as largest on largest.type = e.doc ->> 'name'
  ));
end
$$;

comment on function aquaseed._load_container_types(jsonb, jsonb) is
  'Loads the container types; returns the rows inserted.';
