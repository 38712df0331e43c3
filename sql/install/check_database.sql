-- A database is written to only when it is empty or carries our marker, and the marker names it: a copy under
-- another name may be in somebody's use, and has to be named (setting aquaseed.database). Empty means: no object
-- of anybody (list_objects.sql, which comes before this), but the extensions plpgsql and btree_gist. Writes nothing,
-- but that name. The driver runs this file too. A database that AquaMind's own migrations made is taken on request
-- (setting aquaseed.adopt), after check_adoption.sql has looked at it.
do $$
declare
  v_encoding text := (
    select pg_catalog.pg_encoding_to_char(d.encoding) from pg_catalog.pg_database d where d.datname = current_database()
  );
  v_objects jsonb;
  v_found text;
  v_count bigint;
  v_name text;
  v_adopt boolean := coalesce(current_setting('aquaseed.adopt', true), '') <> '';
  v_is_aquamind boolean := to_regclass('public.django_migrations') is not null;
begin
  if current_setting('server_version_num')::integer < 150000 then
    raise exception 'PostgreSQL 15 or newer is needed, this is %', current_setting('server_version')
      using errcode = 'AQ001';
  end if;
  if current_database() in ('template0', 'template1') then
    raise exception 'database "%" is what new databases are copied from: nothing was written', current_database()
      using errcode = 'AQ001', hint = 'Give another database.';
  end if;
  if v_encoding <> 'UTF8' then
    raise exception 'database "%" must be in UTF-8, it is in %', current_database(), v_encoding
      using errcode = 'AQ001', hint = 'Create one with: createdb --encoding=UTF8 --template=template0 <name>';
  end if;
  if to_regclass('aquaseed.ownership') is null then
    execute 'execute aquaseed_list_objects' into v_objects;
    select count(*), string_agg(format('%s %s', o.kind, o.name), ', ' order by o.n) filter (where o.n <= 10)
    into v_count, v_found
    from (
      select x.kind, x.name, row_number() over (order by x.kind collate "C", x.name collate "C") as n
      from jsonb_to_recordset(v_objects) x(kind text, name text, parents jsonb)
      where x.parents = '[]' and x.kind <> 'rights'
        and (x.kind, x.name) not in (
          ('extension', 'plpgsql'), ('extension', 'btree_gist'),
          -- The bookkeeping of migrations comes before the marker.
          ('schema', 'aquaseed'), ('table', 'aquaseed.migrations')
        )
    ) o;
    if v_adopt and v_is_aquamind then
      return;
    end if;
    if v_adopt then
      raise exception 'Database "%" was not made by AquaMind (there is no table public.django_migrations): '
        'nothing was written', current_database()
        using errcode = 'AQ001', hint = 'Run AquaMind''s manage.py migrate first, or leave --adopt out.';
    end if;
    if v_count > 0 then
      raise exception 'Database "%" is not empty and was not made by aquaseed: nothing was written. It holds %',
        current_database(), v_found || case when v_count > 10 then format(' and %s more', v_count - 10) else '' end
        using errcode = 'AQ001',
          hint = case when v_is_aquamind
            then format('It is a database of AquaMind. To generate into it: aquaseed migrate --adopt --database %1$s '
              '(with psql: -v adopt=on -v database=%1$s). Or ', current_database()) else '' end
            || case when v_is_aquamind then 'g' else 'G' end
            || 'ive an empty database: create one with createdb --template=template0 (template1 may bring things '
            'along), or name another with --database.';
    end if;
    return;
  end if;
  -- An adoption that broke off leaves the marker and AquaMind's tables as they were.
  if v_is_aquamind and not v_adopt then
    execute 'select to_jsonb(o) ->> ''adopted_at'' from aquaseed.ownership o' into v_name;
    if v_name is null and exists (
      select from pg_class c
      where c.oid = to_regclass('public.environmental_environmentalreading') and c.relkind = 'r'
    ) then
      raise exception 'The adoption of database "%" was broken off: nothing was written', current_database()
        using errcode = 'AQ001',
          hint = format('Continue it with: aquaseed migrate --adopt --database %s', current_database());
    end if;
  end if;
  -- By name, since this block is read before the table is there.
  execute 'select to_jsonb(o) ->> ''database_name'' from aquaseed.ownership o' into v_name;
  if v_name is distinct from current_database() then
    if current_setting('aquaseed.database', true) is distinct from current_database() then
      raise exception 'Database "%" was made by aquaseed as "%", so it is a copy or was renamed: nothing was written',
        current_database(), v_name
        using errcode = 'AQ010',
          hint = format('To write to it, name it: --database %1$s (with psql: -v database=%1$s).', current_database());
    end if;
    execute 'update aquaseed.ownership set database_name = current_database()';
  end if;
end
$$;
deallocate aquaseed_list_objects;
