-- A container or feed container that was found by its name has to be where the configuration says: fish that swim in a
-- hall of another station would be nobody's. p_farm: the flat list of places that load_infrastructure takes.
create or replace function aquaseed._check_places(p_farm jsonb)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found text;
  v_count bigint;
begin
  select string_agg(x.name, ', ' order by x.n) filter (where x.n <= 5), count(*) into v_found, v_count
  from (
    select format('%s %L', w.kind, w.name) as name, row_number() over (order by w.kind, w.no) as n
    from (
      select 'container' as kind, c.id as no, c.name, c."hallId" as hall_no, c."areaId" as area_no, t.hall_id, t.area_id
      from jsonb_to_recordset(p_farm -> 'containers') c(id bigint, name text, "hallId" bigint, "areaId" bigint)
      join aquaseed.master_row m on m.table_name = 'infrastructure_container' and m.no = c.id
      join public.infrastructure_container t on t.id = m.id
      union all
      select 'feed container', f.id, f.name, f."hallId", f."areaId", t.hall_id, t.area_id
      from jsonb_to_recordset(p_farm -> 'feedContainers') f(id bigint, name text, "hallId" bigint, "areaId" bigint)
      join aquaseed.master_row m on m.table_name = 'infrastructure_feedcontainer' and m.no = f.id
      join public.infrastructure_feedcontainer t on t.id = m.id
    ) w
    left join aquaseed.master_row h on h.table_name = 'infrastructure_hall' and h.no = w.hall_no
    left join aquaseed.master_row a on a.table_name = 'infrastructure_area' and a.no = w.area_no
    where h.id is distinct from w.hall_id or a.id is distinct from w.area_id
  ) x;
  if v_count > 0 then
    raise exception 'places that are elsewhere than in the configuration: %',
      v_found || case when v_count > 5 then format(' and %s more', v_count - 5) else '' end
      using errcode = 'AQ001', hint = 'Nothing was written. Give the infrastructure file of this farm with --config.';
  end if;
end
$$;

comment on function aquaseed._check_places(jsonb) is
  'Raises AQ001 when a container of the farm lies in another hall or area than the configuration says.';
