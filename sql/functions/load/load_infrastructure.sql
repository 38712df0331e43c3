-- The farm: geographies, stations, halls, areas, containers, sensors and feed containers, with the ids that the planner
-- gave them, or those of the rows that are there by the same name. p_farm is its flat list (keys in camelCase),
-- p_master the file master-data.yaml. Places that are not production, and all in them, are inactive. Idempotent; AQ001
-- when a place is another one than in the configuration. Returns the rows inserted per table. 10,000 sensors in 0.3 s.
create or replace function aquaseed.load_infrastructure(p_farm jsonb, p_master jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_installed_day constant date := ((p_master ->> 'installed_on')::timestamptz at time zone 'UTC')::date;
  v_makers constant jsonb := p_master -> 'sensor_manufacturers';
  v_extra constant jsonb := jsonb_build_object(
    'created_at', p_master -> 'installed_on', 'updated_at', p_master -> 'installed_on');
begin
  perform aquaseed._check_names(p_farm);

  table_name := 'infrastructure_containertype';
  rows := aquaseed._load_container_types(p_farm, p_master);
  return next;

  table_name := 'infrastructure_geography';
  rows := aquaseed._insert_missing(table_name, 'id', '{name}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'id', g.id, 'name', g.name, 'description', coalesce(g.description, '')) order by g.id)
    from jsonb_to_recordset(p_farm -> 'geographies') g(id bigint, name text, description text)
  ));
  return next;

  table_name := 'infrastructure_freshwaterstation';
  rows := aquaseed._insert_missing(table_name, 'id', '{geography_id,name}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'id', s.id, 'name', s.name, 'station_type', 'FRESHWATER', 'latitude', s.latitude, 'longitude', s.longitude,
      'description', 'Freshwater station, ' || g.name, 'active', coalesce(s.production, true),
      'geography_id', aquaseed.master_id('infrastructure_geography', g.id)) order by s.id)
    from jsonb_to_recordset(p_farm -> 'stations') s(
      id bigint, name text, "geographyId" bigint, latitude numeric, longitude numeric, production boolean
    )
    join jsonb_to_recordset(p_farm -> 'geographies') g(id bigint, name text) on g.id = s."geographyId"
  ));
  return next;

  table_name := 'infrastructure_hall';
  rows := aquaseed._insert_missing(table_name, 'id', '{freshwater_station_id,name}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'id', h.id, 'name', h.name,
      'description', 'Hall' || coalesce(' ' || nullif(h.letter, ''), '') || ' of ' || s.name,
      'area_sqm', h."areaSqm", 'active', coalesce(h.production, true),
      'freshwater_station_id', aquaseed.master_id('infrastructure_freshwaterstation', s.id)) order by h.id)
    from jsonb_to_recordset(p_farm -> 'halls') h(
      id bigint, name text, "stationId" bigint, letter text, "areaSqm" numeric, production boolean
    )
    join jsonb_to_recordset(p_farm -> 'stations') s(id bigint, name text) on s.id = h."stationId"
  ));
  return next;

  table_name := 'infrastructure_area';
  rows := aquaseed._insert_missing(table_name, 'id', '{geography_id,name}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'id', a.id, 'name', a.name, 'latitude', a.latitude, 'longitude', a.longitude, 'max_biomass', a."maxBiomassKg",
      'active', coalesce(a.production, true),
      'geography_id', aquaseed.master_id('infrastructure_geography', a."geographyId")) order by a.id)
    from jsonb_to_recordset(p_farm -> 'areas') a(
      id bigint, name text, "geographyId" bigint, latitude numeric, longitude numeric,
      "maxBiomassKg" numeric, production boolean
    )
  ));
  return next;

  table_name := 'infrastructure_container';
  rows := aquaseed._insert_missing(table_name, 'id', '{name}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'id', c.id, 'name', c.name, 'volume_m3', c."volumeM3", 'max_biomass_kg', c."maxBiomassKg",
      'active', coalesce(c.production, true), 'area_id', a.id, 'container_type_id', t.id, 'hall_id', h.id,
      'feed_recommendations_enabled', coalesce(c.production, true)) order by c.id)
    from jsonb_to_recordset(p_farm -> 'containers') c(
      id bigint, name text, "hallId" bigint, "areaId" bigint, type text, "volumeM3" numeric,
      "maxBiomassKg" numeric, production boolean
    )
    join public.infrastructure_containertype t on t.name = c.type
    left join aquaseed.master_row h on h.table_name = 'infrastructure_hall' and h.no = c."hallId"
    left join aquaseed.master_row a on a.table_name = 'infrastructure_area' and a.no = c."areaId"
  ));
  return next;

  -- Calibrated within a month of its installation.
  table_name := 'infrastructure_sensor';
  rows := aquaseed._insert_missing(table_name, 'id', '{container_id,name}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'id', s.id, 'name', s.name, 'sensor_type', s.type, 'serial_number', 'SN-' || lpad(s.id::text, 7, '0'),
      'manufacturer', v_makers ->> (s.id % jsonb_array_length(v_makers))::integer,
      'installation_date', v_installed_day, 'last_calibration_date', v_installed_day + (s.id % 28)::integer,
      'active', coalesce(c.production, true), 'container_id', k.id) order by s.id)
    from jsonb_to_recordset(p_farm -> 'sensors') s(id bigint, name text, "containerId" bigint, type text)
    join jsonb_to_recordset(p_farm -> 'containers') c(id bigint, production boolean) on c.id = s."containerId"
    join aquaseed.master_row k on k.table_name = 'infrastructure_container' and k.no = c.id
  ));
  return next;

  table_name := 'infrastructure_feedcontainer';
  rows := aquaseed._insert_missing(table_name, 'id', '{name}', (
    select jsonb_agg(v_extra || jsonb_build_object(
      'id', f.id, 'name', f.name, 'container_type', upper(f.kind), 'capacity_kg', f."capacityKg",
      'active', coalesce(h.production, a.production, true),
      'area_id', aquaseed.master_id('infrastructure_area', f."areaId"),
      'hall_id', aquaseed.master_id('infrastructure_hall', f."hallId")) order by f.id)
    from jsonb_to_recordset(p_farm -> 'feedContainers') f(
      id bigint, name text, "hallId" bigint, "areaId" bigint, kind text, "capacityKg" numeric
    )
    left join jsonb_to_recordset(p_farm -> 'halls') h(id bigint, production boolean) on h.id = f."hallId"
    left join jsonb_to_recordset(p_farm -> 'areas') a(id bigint, production boolean) on a.id = f."areaId"
  ));
  return next;
  perform aquaseed._check_places(p_farm);
end
$$;

comment on function aquaseed.load_infrastructure(jsonb, jsonb) is
  'Loads the farm from the planner''s list of places; idempotent; returns the rows inserted per table.';
