-- The places that the profiles of our users allow, without which AquaMind shows them no batch: those of the geography
-- of the profile (or all) in which its subsidiary (or all) works, stations and their tanks, sea areas and their rings.
-- Users of others are left as they are, also one who goes by the name of one of ours.
create or replace function aquaseed._load_allowed_places(p_master jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_list record;
begin
  for v_list in
    select *
    from (values
      ('users_userprofile_allowed_areas', 'area_id', 'area',
       'select x.id, x.geography_id, $2 as source from public.infrastructure_area x where x.active'),
      ('users_userprofile_allowed_stations', 'freshwaterstation_id', 'station',
       'select x.id, x.geography_id, $2 as source from public.infrastructure_freshwaterstation x where x.active'),
      ('users_userprofile_allowed_containers', 'container_id', null,
       'select c.id, coalesce(a.geography_id, s.geography_id) as geography_id,
               case when a.id is null then ''station'' else ''area'' end as source
        from public.infrastructure_container c
        left join public.infrastructure_area a on a.id = c.area_id
        left join public.infrastructure_hall h on h.id = c.hall_id
        left join public.infrastructure_freshwaterstation s on s.id = h.freshwater_station_id
        where c.active')
    ) l(target, place_column, source, places)
  loop
    table_name := v_list.target;
    execute format($sql$
      select aquaseed._insert_missing(%L, 'id', array['userprofile_id', %L], jsonb_agg(
               jsonb_build_object('id', r.n, 'userprofile_id', r.profile_id, %L, r.place_id) order by r.n))
      from (
        select row_number() over (order by e.n, x.id) as n, p.id as profile_id, x.id as place_id
        from jsonb_array_elements($1 -> 'users') with ordinality e(doc, n)
        join public.auth_user u on u.username = e.doc ->> 'username' and u.email = e.doc ->> 'email'
          and u.date_joined = ($1 ->> 'installed_on')::timestamptz
        join public.users_userprofile p on p.user_id = u.id
        cross join (%s) x
        join public.infrastructure_geography g on g.id = x.geography_id
        where (p.geography = 'ALL' or $1 -> 'profile_geographies' ->> p.geography = g.name)
          and (p.subsidiary = 'ALL' or p.subsidiary = $1 #>> array['finance', 'sites', x.source])
      ) r
      having count(*) > 0
    $sql$, v_list.target, v_list.place_column, v_list.place_column, v_list.places)
    into rows using p_master, v_list.source;
    rows := coalesce(rows, 0);
    return next;
  end loop;
end
$$;

comment on function aquaseed._load_allowed_places(jsonb) is
  'Loads the areas, stations and containers that the profiles of our users allow; returns the rows inserted per table.';
