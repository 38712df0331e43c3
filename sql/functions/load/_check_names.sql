-- Refuses a farm whose ids are already taken by places of another name, in a database of our own, before anything is
-- inserted. In AquaMind's own database places are known by name, and ids are not ours to give.
-- p_farm: the flat list of places that load_infrastructure takes.
create or replace function aquaseed._check_names(p_farm jsonb)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_list record;
  v_clash record;
begin
  if aquaseed.is_adopted() then
    return;
  end if;
  for v_list in
    select *
    from (values
      (1, 'infrastructure_geography', 'geographies'), (2, 'infrastructure_freshwaterstation', 'stations'),
      (3, 'infrastructure_hall', 'halls'), (4, 'infrastructure_area', 'areas'),
      (5, 'infrastructure_container', 'containers'), (6, 'infrastructure_sensor', 'sensors'),
      (7, 'infrastructure_feedcontainer', 'feedContainers')
    ) l(n, target, list)
    order by l.n
  loop
    execute format(
      'select t.id, t.name as existing, r.name as wanted
       from jsonb_to_recordset($1) r(id bigint, name text) join public.%I t on t.id = r.id
       where t.name <> r.name order by t.id limit 1', v_list.target)
    into v_clash using p_farm -> v_list.list;
    if v_clash.id is not null then
      raise exception '% % is %, not % as in the configuration',
        v_list.target, v_clash.id, quote_literal(v_clash.existing), quote_literal(v_clash.wanted)
        using errcode = 'AQ001',
          hint = 'This database holds another farm. '
            'Use an empty database, or the infrastructure file it was loaded with.';
    end if;
  end loop;
end
$$;

comment on function aquaseed._check_names(jsonb) is
  'Raises AQ001 when an id of the farm belongs to a place of another name.';
