-- The generator's view of the places: what the draws of a place hang on and who feeds whom.
-- p_farm is the flat list of places that load_infrastructure takes. Repeatable.
create or replace function aquaseed.load_places(p_farm jsonb, p_climate jsonb)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows bigint;
begin
  insert into aquaseed.geography (geography_id, name, noise_key)
  select aquaseed.master_id('infrastructure_geography', g.id), g.name, aquaseed.noise_key(g.name)
  from jsonb_to_recordset(p_farm -> 'geographies') g(id bigint, name text)
  on conflict (geography_id) do update set name = excluded.name, noise_key = excluded.noise_key;

  insert into aquaseed.hall (hall_id, geography_id, noise_key, name)
  select aquaseed.master_id('infrastructure_hall', h.id),
         aquaseed.master_id('infrastructure_geography', s."geographyId"), aquaseed.noise_key(h.name), h.name
  from jsonb_to_recordset(p_farm -> 'halls') h(id bigint, name text, "stationId" bigint)
  join jsonb_to_recordset(p_farm -> 'stations') s(id bigint, "geographyId" bigint) on s.id = h."stationId"
  on conflict (hall_id) do update set
    geography_id = excluded.geography_id, noise_key = excluded.noise_key, name = excluded.name;

  insert into aquaseed.area
  select aquaseed.master_id('infrastructure_area', a.id), g.geography_id, aquaseed.noise_key(a.name), a.site,
         (c.site #>> '{temperature,mean}')::double precision,
         (c.site #>> '{temperature,amplitude}')::double precision,
         (c.site #>> '{temperature,phi}')::double precision,
         (c.site ->> 'oxygen_use')::double precision,
         (c.site #>> '{salinity,mean}')::double precision,
         (c.site #>> '{salinity,amplitude}')::double precision,
         (c.site #>> '{salinity,phi}')::double precision,
         (c.site #>> '{freshet,min}')::double precision,
         (c.site #>> '{freshet,max}')::double precision,
         a.name, a.id, coalesce(a.production, true), a.latitude
  from jsonb_to_recordset(p_farm -> 'areas') a(
    id bigint, name text, "geographyId" bigint, site text, production boolean, latitude double precision
  )
  join aquaseed.geography g on g.geography_id = aquaseed.master_id('infrastructure_geography', a."geographyId")
  cross join lateral (select p_climate #> array['sea', 'geographies', g.name, 'sites', a.site]) c(site)
  on conflict (area_id) do update set
    geography_id = excluded.geography_id, noise_key = excluded.noise_key, site = excluded.site,
    temperature_mean = excluded.temperature_mean, temperature_amplitude = excluded.temperature_amplitude,
    temperature_phi = excluded.temperature_phi, oxygen_use = excluded.oxygen_use,
    salinity_mean = excluded.salinity_mean, salinity_amplitude = excluded.salinity_amplitude,
    salinity_phi = excluded.salinity_phi, freshet_min = excluded.freshet_min, freshet_max = excluded.freshet_max,
    name = excluded.name, farm_no = excluded.farm_no, active = excluded.active, latitude = excluded.latitude;

  update aquaseed.area t
  set cluster_key = aquaseed.noise_key(coalesce(a.cluster, a.name))
  from jsonb_to_recordset(p_farm -> 'areas') a(id bigint, name text, cluster text)
  where t.area_id = aquaseed.master_id('infrastructure_area', a.id);

  insert into aquaseed.feed_container
    (feed_container_id, hall_id, area_id, position, capacity_g, noise_key, name, farm_no)
  select aquaseed.master_id('infrastructure_feedcontainer', f.id),
         aquaseed.master_id('infrastructure_hall', f."hallId"),
         aquaseed.master_id('infrastructure_area', f."areaId"),
         row_number() over (partition by f."hallId", f."areaId" order by f.id),
         (f."capacityKg" * 1000)::bigint, aquaseed.noise_key(f.name), f.name, f.id
  from jsonb_to_recordset(p_farm -> 'feedContainers')
    f(id bigint, name text, "hallId" bigint, "areaId" bigint, "capacityKg" numeric)
  on conflict (feed_container_id) do update set
    hall_id = excluded.hall_id, area_id = excluded.area_id, position = excluded.position,
    capacity_g = excluded.capacity_g, noise_key = excluded.noise_key, name = excluded.name,
    farm_no = excluded.farm_no;

  -- The silo of the hall feeds all its tanks; the barges of an area take its rings in turn.
  insert into aquaseed.container
  select m.id, c.name, coalesce(h.geography_id, a.geography_id), h.hall_id, a.area_id, c.position,
         c."volumeM3", f.feed_container_id, aquaseed.noise_key(c.name), c."maxBiomassKg"
  from jsonb_to_recordset(p_farm -> 'containers')
    c(id bigint, name text, "hallId" bigint, "areaId" bigint, position smallint, "volumeM3" double precision,
      "maxBiomassKg" double precision)
  join aquaseed.master_row m on m.table_name = 'infrastructure_container' and m.no = c.id
  left join aquaseed.master_row hm on hm.table_name = 'infrastructure_hall' and hm.no = c."hallId"
  left join aquaseed.hall h on h.hall_id = hm.id
  left join aquaseed.master_row am on am.table_name = 'infrastructure_area' and am.no = c."areaId"
  left join aquaseed.area a on a.area_id = am.id
  left join (
    select fc.*, count(*) over (partition by fc.hall_id, fc.area_id) as feeders from aquaseed.feed_container fc
  ) f on (f.hall_id = h.hall_id or f.area_id = a.area_id) and f.position = (c.position - 1) % f.feeders + 1
  on conflict (container_id) do update set
    name = excluded.name, geography_id = excluded.geography_id, hall_id = excluded.hall_id,
    area_id = excluded.area_id, position = excluded.position, volume_m3 = excluded.volume_m3,
    feed_container_id = excluded.feed_container_id, noise_key = excluded.noise_key,
    max_biomass_kg = excluded.max_biomass_kg;
  get diagnostics v_rows = row_count;

  delete from aquaseed.sensor;
  insert into aquaseed.sensor (container_id, parameter_no, sensor_id)
  select k.id, p.parameter_no, m.id
  from jsonb_to_recordset(p_farm -> 'sensors') s(id bigint, "containerId" bigint, parameter text)
  join aquaseed.parameter p on p.name = s.parameter
  join aquaseed.master_row k on k.table_name = 'infrastructure_container' and k.no = s."containerId"
  join aquaseed.master_row m on m.table_name = 'infrastructure_sensor' and m.no = s.id;
  return v_rows;
end
$$;

comment on function aquaseed.load_places(jsonb, jsonb) is
  'Load geographies, halls, areas, containers and their feeders from the flat farm JSON. Returns the number of '
  'containers. Repeatable.';
