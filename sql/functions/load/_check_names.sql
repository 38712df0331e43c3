-- Refuses a farm whose ids are already taken by places of another name, before anything is inserted.
-- p_rows: [{id, name}, ...] for public.<p_table>.
create or replace function aquaseed._check_names(p_table text, p_rows jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_clash record;
begin
  execute format(
    $sql$
      select t.id, t.name as existing, r.name as wanted
      from jsonb_to_recordset($1) as r (id bigint, name text)
      join public.%I t on t.id = r.id
      where t.name <> r.name
      order by t.id
      limit 1
    $sql$,
    p_table
  )
  into v_clash
  using p_rows;

  if v_clash.id is not null then
    raise exception '% % is %, not % as in the configuration',
      p_table, v_clash.id, quote_literal(v_clash.existing), quote_literal(v_clash.wanted)
      using errcode = 'AQ001',
        hint = 'This database holds another farm. '
          'Use an empty database, or the infrastructure file it was loaded with.';
  end if;
end
$$;

comment on function aquaseed._check_names(text, jsonb) is
  'Raises AQ001 when an id of the farm belongs to a place of another name.';
