-- Rows per AquaMind table that the units of a run have made.
create or replace function aquaseed.generated_rows(p_run_id integer)
returns table (table_name text, rows bigint) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select r.key, sum(r.value::bigint)::bigint
  from aquaseed.run_step s
  cross join lateral jsonb_each_text(s.rows) r(key, value)
  where s.run_id = p_run_id and s.state = 'done' and r.key not like 'aquaseed.%'
  group by r.key
  order by r.key collate "C"
$$;

comment on function aquaseed.generated_rows(integer) is
  'Rows per table of schema public that a run made, from the ledger.';
