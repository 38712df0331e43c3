-- Where in a section of settings something else than a number stands, for the message that refuses it.
create or replace function aquaseed._first_without_number(p_tree jsonb)
returns text[] language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with recursive node(path, value) as (
    select '{}'::text[], p_tree
    union all
    select n.path || c.key, c.value
    from node n
    cross join lateral (
      select e.key, e.value from jsonb_each(case when jsonb_typeof(n.value) = 'object' then n.value end) e
      union all
      select (a.ordinality - 1)::text, a.value
      from jsonb_array_elements(case when jsonb_typeof(n.value) = 'array' then n.value end)
        with ordinality a(value, ordinality)
    ) c
  )
  select n.path from node n where jsonb_typeof(n.value) in ('string', 'boolean', 'null') order by n.path limit 1
$$;

comment on function aquaseed._first_without_number(jsonb) is
  'Path of the first text, truth value or null in a tree of settings.';
