-- Long, since it tells everything that is in the way at once.
-- Looks whether AquaMind's own database can be taken (setting aquaseed.adopt: partitioned or plain) and says all that
-- is in the way at once (AQ017, a line each). Nothing is installed yet and nothing is written. Asks for the prepared
-- statement aquaseed_filled_tables (aquamind_tables.sql) and the setting aquaseed.column_values (columns of
-- config/aquamind.yaml).
do $$
declare
  v_mode text := coalesce(current_setting('aquaseed.adopt', true), '');
  v_tables jsonb;
  v_values jsonb;
  v_reasons text[] := '{}';
  v_item record;
  v_rows bigint;
  v_text text;
begin
  if v_mode = '' then
    return;
  end if;
  if to_regclass('aquaseed.ownership') is not null then
    execute 'select to_jsonb(o) ->> ''adopted_at'' from aquaseed.ownership o' into v_text;
    if v_text is not null or not exists (
      select from pg_catalog.pg_class c
      where c.oid = to_regclass('public.environmental_environmentalreading') and c.relkind = 'r'
    ) then
      -- It has been looked at, or is our own.
      return;
    end if;
  end if;
  if current_setting('aquaseed.database', true) is distinct from current_database() then
    v_reasons := v_reasons || format('it was not named: --adopt wants its exact name, %I', current_database());
  end if;
  execute 'execute aquaseed_filled_tables' into v_tables;
  v_values := coalesce(nullif(current_setting('aquaseed.column_values', true), ''), '{}')::jsonb;

  -- Tables that are not there, or are something else.
  for v_item in
    select t.name, c.relkind, c.oid, t.fate, pg_get_userbyid(c.relowner) as owner,
           pg_has_role(c.relowner, 'USAGE') as is_ours,
           exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)) as has_family,
           row_security_active(c.oid) as has_row_security
    from jsonb_to_recordset(v_tables) t(name text, fate text, columns jsonb)
    left join pg_class c on c.oid = to_regclass(format('public.%I', t.name))
    order by t.name collate "C"
  loop
    if v_item.oid is null then
      v_reasons := v_reasons || format('there is no table %s', v_item.name);
    elsif v_item.relkind <> 'r' then
      v_reasons := v_reasons || format('%s is %s', v_item.name, case v_item.relkind
        when 'p' then 'partitioned already' when 'f' then 'a foreign table' when 'v' then 'a view'
        when 'm' then 'a materialized view' else 'no table' end);
    elsif v_item.has_family then
      v_reasons := v_reasons || format('table %s inherits or is inherited from', v_item.name);
    elsif not v_item.is_ours then
      v_reasons := v_reasons || format('table %s belongs to %I', v_item.name, v_item.owner);
    elsif v_item.has_row_security then
      v_reasons := v_reasons || format('row security hides rows of table %s', v_item.name);
    elsif v_item.fate <> 'loaded' then
      execute format('select count(*) from public.%I', v_item.name) into v_rows;
      if v_rows > 0 then
        v_reasons := v_reasons || format('table %s holds %s rows that no run made', v_item.name, v_rows);
      end if;
    end if;
  end loop;

  -- Columns that we fill and that are not there or of another type (a longer text will do), and those that we do not
  -- know.
  for v_item in
    with expected as (
      select t.name as table_name, c.key as column_name, c.value as type
      from jsonb_to_recordset(v_tables) t(name text, fate text, columns jsonb)
      cross join lateral jsonb_each_text(t.columns) c
    ), found as (
      select r.relname as table_name, a.attname as column_name, format_type(a.atttypid, a.atttypmod) as type,
             a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '' as must_be_given,
             a.attgenerated <> '' or a.attidentity = 'a' as cannot_be_given
      from jsonb_to_recordset(v_tables) t(name text)
      join pg_class r on r.oid = to_regclass(format('public.%I', t.name))
      join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    )
    select coalesce(e.table_name, f.table_name) as table_name, coalesce(e.column_name, f.column_name) as column_name,
           e.type as wanted, f.type as found, f.must_be_given, f.cannot_be_given,
           v_values -> f.table_name::text -> f.column_name::text as value
    from expected e
    full join found f on f.table_name = e.table_name and f.column_name = e.column_name
    where e.table_name is null or to_regclass(format('public.%I', e.table_name)) is not null
    order by 1, 2
  loop
    if v_item.found is null then
      v_reasons := v_reasons || format('column %s.%s is missing', v_item.table_name, v_item.column_name);
    elsif v_item.wanted is not null and v_item.cannot_be_given then
      v_reasons := v_reasons || format('column %s.%s is filled by the server alone', v_item.table_name,
                                       v_item.column_name);
    elsif v_item.wanted is not null and v_item.wanted <> v_item.found and not (
      split_part(v_item.wanted, '(', 1) = split_part(v_item.found, '(', 1)
      and v_item.found ~ '^character varying'
      and coalesce(substring(v_item.found from '\d+')::integer, 2147483647)
        >= coalesce(substring(v_item.wanted from '\d+')::integer, 2147483647)
    ) then
      v_reasons := v_reasons || format('column %s.%s is of type %s, not %s', v_item.table_name, v_item.column_name,
                                       v_item.found, v_item.wanted);
    elsif v_item.wanted is null and v_item.must_be_given and coalesce(v_item.value, 'null') = 'null' then
      v_reasons := v_reasons || format('column %s.%s is not known, NOT NULL and without a default: '
        'give it a value in columns of config/aquamind.yaml', v_item.table_name, v_item.column_name);
    elsif v_item.wanted is null and v_item.must_be_given then
      begin
        execute format('select cast(%L as %s)', v_item.value #>> '{}', v_item.found);
      exception when others then
        v_reasons := v_reasons || format('column %s.%s: %s of config/aquamind.yaml is no %s', v_item.table_name,
                                         v_item.column_name, v_item.value, v_item.found);
      end;
    end if;
  end loop;

  -- Ids without a sequence.
  select v_reasons
    || coalesce(array_agg(format('the ids of table %s come from no sequence', x.name) order by x.name), '{}')
  into v_reasons
  from (
    select t.name
    from jsonb_to_recordset(v_tables) t(name text, fate text, id text)
    join pg_attribute a on a.attrelid = to_regclass(format('public.%I', t.name)) and a.attname = t.id
    -- Of the column that was found, since a plan may ask before it has looked whether there is such a table.
    where case when a.attname = t.id then pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) end is null
  ) x;

  -- TimescaleDB keeps the rows of a hypertable in chunks of its own.
  if to_regclass('_timescaledb_catalog.hypertable') is not null then
    for v_item in execute
      'select h.table_name::text as name from _timescaledb_catalog.hypertable h
       where h.schema_name = ''public''
         and h.table_name::text in (select t.name from jsonb_to_recordset($1) t(name text)) order by 1'
      using v_tables
    loop
      v_reasons := v_reasons || format('table %s is a hypertable of TimescaleDB', v_item.name);
    end loop;
  end if;

  -- Rights.
  if not has_database_privilege(current_database(), 'CREATE') and to_regnamespace('aquaseed') is null then
    v_reasons := v_reasons || format('role %I may not create a schema in database %I', current_user,
                                     current_database());
  end if;
  if v_mode = 'partitioned' and not has_schema_privilege('public', 'CREATE') then
    v_reasons := v_reasons || format('role %I may not create tables in schema public', current_user);
  end if;
  if to_regnamespace('aquaseed') is not null and to_regclass('aquaseed.ownership') is null and exists (
    select from pg_class c
    where c.relnamespace = to_regnamespace('aquaseed') and c.relname not in ('migrations', 'migrations_pkey',
      'migrations_name_key')
  ) then
    v_reasons := v_reasons || 'there is a schema aquaseed that is not ours'::text;
  end if;

  -- What would not go along when a large table is partitioned.
  if v_mode = 'partitioned' then
    for v_item in
      with large as (
        select c.oid, c.relname, c.reltype, c.relreplident, c.relrowsecurity
        from jsonb_to_recordset(v_tables) t(name text, fate text)
        join pg_class c on c.oid = to_regclass(format('public.%I', t.name)) and c.relkind = 'r'
        where t.fate = 'large'
      ), hanging(relname, object) as (
        select l.relname, format('trigger %I', t.tgname)
        from large l join pg_trigger t on t.tgrelid = l.oid and not t.tgisinternal
        union
        select l.relname, format('policy %I', p.polname) from large l join pg_policy p on p.polrelid = l.oid
        union
        select l.relname, format('publication %I', p.pubname)
        from large l join pg_publication_rel r on r.prrelid = l.oid join pg_publication p on p.oid = r.prpubid
        union
        select l.relname, 'a replica identity of its own' from large l where l.relreplident <> 'd'
        union
        select l.relname, format('exclusion constraint %I', k.conname)
        from large l join pg_constraint k on k.conrelid = l.oid and k.contype = 'x'
        union
        select l.relname, format('foreign key %I of table %s, which belongs to %I', k.conname, k.conrelid::regclass,
                                 pg_get_userbyid(r.relowner))
        from large l
        join pg_constraint k on k.confrelid = l.oid and k.contype = 'f'
        join pg_class r on r.oid = k.conrelid
        where not pg_has_role(r.relowner, 'USAGE')
        union
        -- Views, rules, functions and columns of the row type: whatever the catalogue says depends on the table.
        select l.relname, coalesce(v.type || ' ' || v.identity, o.type || ' ' || o.identity)
        from large l
        join pg_depend d on d.refobjid in (l.oid, l.reltype)
          and d.refclassid in ('pg_class'::regclass, 'pg_type'::regclass)
        cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) o
        left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid and w.ev_class <> l.oid
        left join lateral pg_identify_object('pg_class'::regclass, w.ev_class, 0) v on true
        where d.deptype in ('n', 'x')
          and not (d.classid = 'pg_constraint'::regclass
                   and exists (select from pg_constraint k
                               where k.oid = d.objid and (k.contype = 'f' or k.conrelid = l.oid)))
          and d.objid <> l.oid
      )
      select h.relname, string_agg(distinct h.object, ', ' order by h.object) as objects
      from hanging h group by h.relname order by h.relname
    loop
      v_reasons := v_reasons || format('table %s cannot be partitioned: %s; --plain leaves it as it is', v_item.relname,
                                       v_item.objects);
    end loop;
    for v_item in
      select c.relname
      from jsonb_to_recordset(v_tables) t(name text, fate text)
      join pg_class c on c.relnamespace = 'public'::regnamespace
        and c.relname ~ ('^' || t.name || '_(s\d{3}|app)$')
      where t.fate = 'large' and not c.relispartition
      order by c.relname
    loop
      v_reasons := v_reasons || format('the name %s is taken', v_item.relname);
    end loop;
  end if;

  if cardinality(v_reasons) > 0 then
    raise exception E'Database "%" cannot be adopted, and nothing was written:\n  %', current_database(),
      array_to_string(array(select translate(r, E'\n\r', '  ') from unnest(v_reasons) r), E'\n  ')
      using errcode = 'AQ017';
  end if;
end
$$;
deallocate aquaseed_filled_tables;
