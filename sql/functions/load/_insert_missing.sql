-- Inserts into public.<p_table> those of p_rows (objects whose keys are column names) that are not there
-- yet, compared by the columns p_key_columns; a null equals a null. Wanted ids (p_id_column) are kept.
-- Where one of them belongs to another row, in a database that the application has already used, all new
-- rows go behind the highest id, in order. Existing rows are never changed. Returns the rows inserted.
create or replace function aquaseed._insert_missing(
  p_table text,
  p_id_column text,
  p_key_columns text[],
  p_rows jsonb
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sql text;
  v_rows bigint;
begin
  select format(
    $sql$
      with wanted as (
        select w.n, w.doc, r.%2$I as wanted_id, jsonb_build_array(%3$s) as natural_key
        from jsonb_array_elements($1) with ordinality as w (doc, n)
        cross join lateral jsonb_populate_record(null::public.%1$I, w.doc) as r
      ),
      missing as (
        select w.*, row_number() over (order by w.n) as k,
          bool_or(exists (select from public.%1$I t where t.%2$I = w.wanted_id)) over () as taken
        from wanted w
        where not exists (select from public.%1$I t where jsonb_build_array(%4$s) = w.natural_key)
      )
      insert into public.%1$I
      select x.*
      from missing m
      cross join (select coalesce(max(t.%2$I), 0) as id from public.%1$I t) as highest
      cross join lateral jsonb_populate_record(
        null::public.%1$I,
        case when m.taken then m.doc || jsonb_build_object(%2$L, highest.id + m.k) else m.doc end
      ) as x
    $sql$,
    p_table,
    p_id_column,
    string_agg(format('r.%I', k), ', '),
    string_agg(format('t.%I', k), ', ')
  )
  into v_sql
  from unnest(p_key_columns) as k;

  raise debug '%', v_sql;
  execute v_sql using p_rows;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed._insert_missing(text, text, text[], jsonb) is
  'Inserts the rows whose natural key is missing; returns how many.';
