-- Every scalar of a JSON document as (path, value); array elements by position from 0.
create or replace function aquaseed._flatten_settings(p_prefix text, p_document jsonb)
returns table (path text, value jsonb) language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  with recursive node(path, value) as (
    select p_prefix, p_document
    union all
    select n.path || '.' || c.key, c.value
    from node n
    cross join lateral (
      select e.key, e.value from jsonb_each(case when jsonb_typeof(n.value) = 'object' then n.value end) e
      union all
      select (a.ordinality - 1)::text, a.value
      from jsonb_array_elements(case when jsonb_typeof(n.value) = 'array' then n.value end)
        with ordinality a(value, ordinality)
    ) c
  )
  select n.path, n.value from node n where jsonb_typeof(n.value) not in ('object', 'array')
$$;

comment on function aquaseed._flatten_settings(text, jsonb) is
  'Scalars of a JSON document with their dotted paths.';
