create or replace function aquaseed._add_rows(p_rows jsonb, p_more jsonb)
returns jsonb language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(x.key, x.rows), '{}')
  from (
    select r.key, sum(r.value::bigint) as rows
    from (select * from jsonb_each_text(p_rows) union all select * from jsonb_each_text(p_more)) r
    group by r.key
  ) x
$$;

comment on function aquaseed._add_rows(jsonb, jsonb) is 'Rows per table of a unit, and more of them, added up.';
