-- The flat list of places that load_infrastructure takes, from its compact form: each list as its columns and
-- rows; sensors, whose ids are 1 and up, as the set of each container that has some.
create or replace function aquaseed._unpack_farm(p_packed jsonb)
returns jsonb language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  with list as (
    select l.key, l.value
    from jsonb_each(p_packed) l
    where l.value ? 'columns'
  ),
  item as (
    select l.key, r.n,
           (select jsonb_object_agg(c.name, r.value -> (c.n - 1)::integer)
            from jsonb_array_elements_text(l.value -> 'columns') with ordinality c(name, n)) as value
    from list l cross join jsonb_array_elements(l.value -> 'rows') with ordinality r(value, n)
  ),
  sensor as (
    select row_number() over (order by r.n, s.n) as id, s.value as traits, i.value ->> 'name' as container,
           r.value -> 0 as container_id
    from jsonb_array_elements(p_packed #> '{sensors,containers}') with ordinality r(value, n)
    join item i on i.key = 'containers' and i.value -> 'id' = r.value -> 0
    cross join jsonb_array_elements(p_packed #> '{sensors,sets}' -> (r.value ->> 1)::integer)
      with ordinality s(value, n)
  )
  select jsonb_build_object('allocation', p_packed -> 'allocation')
    || (select jsonb_object_agg(l.key, (
          select coalesce(jsonb_agg(i.value order by i.n), '[]') from item i where i.key = l.key
        ))
        from list l)
    || case when p_packed -> 'sensors' ? 'columns' then '{}'::jsonb else jsonb_build_object('sensors', (
         select coalesce(jsonb_agg(jsonb_build_object(
                  'id', s.id, 'name', replace(s.traits ->> 'name', '{container}', s.container),
                  'containerId', s.container_id, 'parameter', s.traits -> 'parameter', 'type', s.traits -> 'type'
                ) order by s.id), '[]')
         from sensor s)) end
$$;

comment on function aquaseed._unpack_farm(jsonb) is 'The list of places from the compact form that SQL files hold.';
