-- Inserts into public.<p_table> those of p_rows (objects whose keys are column names) that are not there yet, compared
-- by the columns p_key_columns; a null equals a null. Existing rows are never changed. Which row stands for which entry
-- (its number is the id that it asks for, p_id_column) is noted in aquaseed.master_row. Returns the rows inserted. New
-- rows have the ids that they ask for. Where one of them belongs to another row, in a database that the application has
-- already used, all go behind the highest id, in order; in AquaMind's own database they take those of its sequence.
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
  v_wanted text;
  v_sequence text := pg_get_serial_sequence(format('public.%I', p_table), p_id_column);
  v_id text := 'case when m.taken then highest.id + m.k else m.no end';
  v_given jsonb := (
    select coalesce(jsonb_object_agg(v.column_name, v.value), '{}') from aquaseed.column_value v
    where v.table_name = p_table
  );
  v_rows bigint;
begin
  if aquaseed.is_adopted() then
    -- Rows that a migration inserted with ids of their own may have left it behind.
    execute format(
      'select setval(%1$L, x.id) from (select max(t.%2$I) as id from public.%3$I t) x,
         aquaseed._sequence_state(%1$L::regclass) s where x.id >= s.last_value + s.is_called::integer',
      v_sequence, p_id_column, p_table);
    v_id := format('nextval(%L)', v_sequence);
  end if;
  select format(
    'select w.n, w.doc, r.%2$I as no, jsonb_build_array(%3$s) as natural_key
     from jsonb_array_elements($1) with ordinality w(doc, n)
     cross join lateral jsonb_populate_record(null::public.%1$I, w.doc) r',
    p_table, p_id_column, string_agg(format('r.%I', k.name), ', ' order by k.n))
  into v_wanted
  from unnest(p_key_columns) with ordinality k(name, n);

  execute format(
    $sql$
      with wanted as materialized (%3$s),
      there as materialized (
        select jsonb_build_array(%4$s) as natural_key, min(t.%2$I) as id from public.%1$I t group by 1
      ),
      missing as (
        select w.*, row_number() over (order by w.n) as k,
               bool_or(exists (select from public.%1$I t where t.%2$I = w.no)) over () as taken
        from wanted w
        where not exists (select from there t where t.natural_key = w.natural_key)
      ),
      numbered as materialized (
        select m.*, %5$s as id
        from (select * from missing order by n) m
        cross join (select coalesce(max(t.%2$I), 0) as id from public.%1$I t) highest
      ),
      noted as (
        insert into aquaseed.master_row as x (table_name, no, id, inserted)
        select %1$L, w.no, coalesce(t.id, m.id), m.id is not null
        from wanted w
        left join there t on t.natural_key = w.natural_key
        left join numbered m on m.n = w.n
        on conflict (table_name, no) do update set id = excluded.id, inserted = x.inserted or excluded.inserted
        where x.id <> excluded.id or excluded.inserted
      )
      insert into public.%1$I
      select x.*
      from numbered m
      cross join lateral jsonb_populate_record(
        null::public.%1$I, $2 || m.doc || jsonb_build_object(%2$L, m.id)) x
      order by m.n
    $sql$,
    p_table, p_id_column, v_wanted,
    (select string_agg(format('t.%I', k.name), ', ' order by k.n)
     from unnest(p_key_columns) with ordinality k(name, n)),
    v_id)
  using p_rows, v_given;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed._insert_missing(text, text, text[], jsonb) is
  'Inserts the rows whose natural key is missing and notes which row stands for which entry; returns how many.';
