-- What work() tells about a unit.
create or replace function aquaseed._describe_unit(
  p_stage text, p_unit text, p_state text, p_rows jsonb, p_milliseconds double precision, p_error text, p_todo bigint
)
returns text language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select format('%s %s: %s%s (%s units left)', p_stage, p_unit,
    case p_state when 'failed' then 'FAILED ' || p_error
                 when 'retry' then 'once more after ' || p_error
                 else coalesce((select sum(r.value::bigint) || ' rows in ' from jsonb_each_text(p_rows) r), '') end,
    case when p_state = 'done' then round(p_milliseconds::numeric / 1000, 2) || ' s' end, p_todo)
$$;

comment on function aquaseed._describe_unit(text, text, text, jsonb, double precision, text, bigint) is
  'One line about a unit of the ledger: its rows and seconds, or its error.';
