-- Who works in one country, in stations or at sea (aquaseed.person), from the profiles of the users in
-- master-data.yaml. The others (administrators) sign nothing. Needs the users.
create or replace function aquaseed._load_people(p_master jsonb)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from aquaseed.person;
  insert into aquaseed.person (user_id, geography_id, role, habitat, no)
  select w.user_id, w.geography_id, w.role, w.habitat,
         row_number() over (partition by w.geography_id, w.role, w.habitat order by w.n) - 1
  from (
    select m.id::integer as user_id, g.id as geography_id, u.doc #>> '{profile,role}' as role, h.habitat, u.n
    from jsonb_array_elements(p_master -> 'users') with ordinality u(doc, n)
    join public.auth_user a on a.username = u.doc ->> 'username'
    join aquaseed.master_row m on m.table_name = 'auth_user' and m.id = a.id
    join public.infrastructure_geography g
      on g.name = p_master -> 'profile_geographies' ->> (u.doc #>> '{profile,geography}')
    join (values ('freshwater', 'station'), ('sea', 'area')) h(habitat, site)
      on u.doc #>> '{profile,subsidiary}' in ('ALL', p_master #>> array['finance', 'sites', h.site])
  ) w;
end
$$;

comment on function aquaseed._load_people(jsonb) is 'Fills aquaseed.person from the users of master-data.yaml.';
