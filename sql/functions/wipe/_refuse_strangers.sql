-- A run begins in tables that are empty: rows that no run made may be somebody's work, and their ids may be in
-- the way. Looked at are the tables that a run fills, and rows in tables of any schema that refer to them, inherit
-- from them or were attached to them.
create or replace function aquaseed._refuse_strangers()
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found text;
begin
  select string_agg(format('%s (%s)', x.name, x.rows), ', ' order by x.name) into v_found
  from (
    select r.table_name as name, aquaseed._count_rows(r.relation, 'true') as rows
    from aquaseed._run_relations() r
    where r.fate in ('deleted', 'kept')
    union
    select d.name, d.rows from aquaseed._list_dependents() d
  ) x
  where x.rows > 0;
  if v_found is not null then
    raise exception 'there are rows that no run made: %', v_found
      using errcode = 'AQ006',
      hint = 'Nothing was written. Give another database, or delete these rows if nobody needs them.';
  end if;
end
$$;

comment on function aquaseed._refuse_strangers() is
  'Raise AQ006 when tables that a run fills hold rows already, or others hold rows that refer to them.';
