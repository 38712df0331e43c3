-- Plants what a caller may make to bend the functions of schema aquaseed: objects named like those that their bodies
-- use, in its temporary schema and in a schema of its own that is searched first. Each calls plant.canary, which notes
-- as whom it runs. The names come from pg_catalog and from the bodies. Run by the role that may only generate.
create schema plant;
grant usage on schema plant to public;
create function plant.canary() returns pg_catalog.bool language plpgsql as $$
begin
  -- In a function that has the rights of another.
  if pg_catalog.textne(current_user::pg_catalog.text, session_user::pg_catalog.text) then
    perform pg_catalog.set_config('canary.saw', current_user::pg_catalog.text, false);
  end if;
  return true;
end $$;
create table plant.planted (kind pg_catalog.text, name pg_catalog.text);

do $$
declare
  v_words text[];
  v_item record;
  v_schema text;
begin
  select array_agg(distinct w.word[1]) into v_words
  from pg_catalog.pg_proc p
  cross join lateral regexp_matches(p.prosrc || ' ' || pg_get_function_arguments(p.oid) || ' ' || coalesce(pg_get_function_result(p.oid), ''),
                                    '[a-z_][a-z0-9_]*', 'g') w(word)
  where p.pronamespace = 'aquaseed'::regnamespace;

  -- Types, by their own names and by those that SQL has for them.
  for v_item in
    select t.typname as name, format('pg_catalog.%I', t.typname) as type from pg_catalog.pg_type t
    where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype in ('b', 'e', 'r') and t.typname !~ '^_'
      and (t.typname = any (v_words) or format_type(t.oid, null) ~ '^[a-z]+$' and format_type(t.oid, null) = any (v_words)
           or t.typname in ('int2', 'int4', 'int8', 'float4', 'float8', 'bool', 'varchar', 'timestamptz'))
  loop
    foreach v_schema in array array['pg_temp', 'plant'] loop
      begin
        execute format('create domain %s.%I as %s check (plant.canary())', v_schema, v_item.name, v_item.type);
        insert into plant.planted values ('type', v_item.name);
      exception when others then
        insert into plant.planted values ('not a domain', v_item.name || ': ' || sqlerrm);
      end;
    end loop;
  end loop;

  -- Relations: ours, AquaMind's, and those of the catalogue.
  for v_item in
    select c.relname as name, c.oid::regclass as relation, (
             select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
             from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and t.typtype <> 'p'
           ) as columns
    from pg_catalog.pg_class c
    where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
      and c.relnamespace = any (array['aquaseed', 'public', 'pg_catalog']::regnamespace[])
      and (c.relname = any (v_words) or c.relnamespace <> 'pg_catalog'::regnamespace)
      and has_table_privilege(c.oid, 'select')
  loop
    execute format('create view pg_temp.%I as select %s from %s where plant.canary()', v_item.name, v_item.columns,
                   v_item.relation);
    execute format('create view plant.%I as select %s from %s where plant.canary()', v_item.name, v_item.columns,
                   v_item.relation);
    execute format('grant select on pg_temp.%1$I, plant.%1$I to public', v_item.name);
    insert into plant.planted values ('relation', v_item.name), ('relation', v_item.name);
  end loop;

  -- Functions: with the same arguments, and with one that anything fits better than a cast.
  for v_item in
    select p.proname as name, pg_get_function_identity_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result
    from pg_catalog.pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind in ('f', 'a', 'w') and pg_get_function_identity_arguments(p.oid) !~ 'ORDER BY' and p.proname = any (v_words)
  loop
    begin
      execute format('create function plant.%I(%s) returns %s language plpgsql as ''begin perform plant.canary(); return %s; end''',
                     v_item.name,
                     replace(replace(regexp_replace(v_item.arguments, '(, )?OUT [^,]*', '', 'g'), 'VARIADIC "any"', 'VARIADIC anyarray'),
                             '"any"', 'anyelement'),
                     v_item.result, case when v_item.result !~ '^(SETOF|TABLE|void)' then 'null' end);
      insert into plant.planted values ('function', v_item.name);
    exception when others then
      insert into plant.planted values ('not a function', v_item.name || ': ' || sqlerrm);
    end;
  end loop;

  -- All operators there are.
  for v_item in
    select o.oid, o.oprname as name, nullif(o.oprleft, 0)::regtype as left_type, o.oprright::regtype as right_type,
           o.oprresult::regtype as result
    from pg_catalog.pg_operator o
    where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprright <> 0
  loop
    begin
      execute format('create function plant.%I(%s) returns %s language plpgsql as ''begin perform plant.canary(); return null; end''',
                     'operator_' || v_item.oid, concat_ws(', ', v_item.left_type, v_item.right_type), v_item.result);
      execute format('create operator plant.%s (%s rightarg = %s, function = plant.%I)', v_item.name,
                     'leftarg = ' || v_item.left_type || ',', v_item.right_type, 'operator_' || v_item.oid);
      insert into plant.planted values ('operator', v_item.name);
    exception when others then
      insert into plant.planted values ('not an operator', v_item.name || ': ' || sqlerrm);
    end;
  end loop;

  foreach v_schema in array array['pg_temp', 'plant'] loop
    execute format('create collation %s."C" (locale = ''POSIX'')', v_schema);
    insert into plant.planted values ('collation', 'C');
  end loop;
end $$;

set search_path = plant, public, aquaseed, pg_catalog;
