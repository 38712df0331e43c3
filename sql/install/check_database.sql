-- A database is written to only when it is empty or carries our marker, and the marker names it: a copy under
-- another name may be in somebody's use, and has to be named (setting aquaseed.database). Writes nothing, but
-- that name. The driver runs this file too.
do $$
declare
  v_encoding text := (
    select pg_catalog.pg_encoding_to_char(d.encoding) from pg_catalog.pg_database d where d.datname = current_database()
  );
  v_relations bigint;
  v_name text;
begin
  if current_setting('server_version_num')::integer < 150000 then
    raise exception 'PostgreSQL 15 or newer is needed, this is %', current_setting('server_version')
      using errcode = 'AQ001';
  end if;
  if v_encoding <> 'UTF8' then
    raise exception 'database "%" must be in UTF-8, it is in %', current_database(), v_encoding
      using errcode = 'AQ001', hint = 'Create one with: createdb --encoding=UTF8 --template=template0 <name>';
  end if;
  if to_regclass('aquaseed.ownership') is null then
    select count(*) into v_relations
    from pg_catalog.pg_class c
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and (c.relnamespace = to_regnamespace('public')
           -- The bookkeeping of migrations comes before the marker.
           or c.relnamespace = to_regnamespace('aquaseed') and c.relname <> 'migrations')
      and not exists (
        select from pg_catalog.pg_depend d
        where d.objid = c.oid and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'e'
      );
    if v_relations > 0 then
      raise exception 'Database "%" is not empty and was not made by aquaseed (% tables, views or sequences): nothing was written',
        current_database(), v_relations
        using errcode = 'AQ001', hint = 'Give an empty database: create one with createdb, or name another with --database.';
    end if;
    return;
  end if;
  -- By name, since this block is read before the table is there.
  execute 'select o.database_name from aquaseed.ownership o' into v_name;
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
