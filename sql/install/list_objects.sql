-- Every object of this database that initdb did not make: what "empty" means, and what a refresh compares. Prepares
-- the statement aquaseed_list_objects, which gives one array of objects as JSON: tables, columns, indexes,
-- constraints, functions, types, large objects, publications ..., whatever the catalogue knows.
--   id, parents   who it is, and the objects that it goes with when they are dropped (an index with its table)
--   kind, name    as PostgreSQL calls it
--   definition    of the parts of schema public, to see what was changed; made by the server that compares
--   inherited     a constraint of a leaf that its table has too
-- Objects that are part of another one by themselves (row types, toast tables, the triggers of foreign keys, members
-- of extensions) and temporary ones are left out. Needs nothing installed and writes nothing, so that a look leaves
-- no trace in pg_stat_database (see src/driver/databases.ts).
prepare aquaseed_list_objects as
with recursive numbered as materialized (
  -- query_to_xml reads a table whose name is data: so a catalogue that a later version brings is looked through too.
  -- 16384 is FirstNormalObjectId: initdb's own objects lie below.
  select c.oid as classid, found.match[1]::pg_catalog.oid as objid
  from pg_catalog.pg_class c
  cross join lateral pg_catalog.regexp_matches(
    pg_catalog.query_to_xml(
      pg_catalog.format('select oid from pg_catalog.%I where oid >= 16384', c.relname), true, true, ''
    )::pg_catalog.text, '<oid>([0-9]+)</oid>', 'g') as found(match)
  where c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace and c.relkind = 'r' and not c.relisshared
    -- A label of an enum is part of its type, a default of its column.
    and c.relname not in ('pg_enum', 'pg_attrdef')
    and exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = 'oid' and a.attnum > 0)
    -- User mappings are for superusers to read; they go with a foreign server, which is not.
    and pg_catalog.has_table_privilege(c.oid, 'select')
    -- Schema public is there again after somebody dropped and made it: what is in it counts.
    and (c.relname <> 'pg_namespace'
      or found.match[1]::pg_catalog.oid is distinct from pg_catalog.to_regnamespace('public')::pg_catalog.oid)
), temporary as (
  select n.oid from pg_catalog.pg_namespace n where n.nspname ~ '^pg_(toast_)?temp_' or n.nspname = 'pg_toast'
), hidden(classid, objid) as (
  select 'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid, t.oid from temporary t
  union
  select d.classid, d.objid from pg_catalog.pg_depend d
  -- The columns of a partition key depend on their own table.
  where d.deptype = 'i' and d.refobjsubid = 0 and d.objsubid = 0
    -- A table holds rows, also one that was added to an extension.
    or d.deptype = 'e' and d.classid <> 'pg_catalog.pg_class'::pg_catalog.regclass
    or d.deptype = 'n' and d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
      and d.refobjid in (select t.oid from temporary t)
  union
  select 'pg_catalog.pg_trigger'::pg_catalog.regclass, t.oid from pg_catalog.pg_trigger t where t.tgisinternal
  union
  -- PostgreSQL 18 keeps what it kept as a property of the column before.
  select 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid from pg_catalog.pg_constraint k where k.contype = 'n'
  union
  -- The parts of what is hidden: operators of a class that an extension brought.
  select d.classid, d.objid
  from hidden h
  join pg_catalog.pg_depend d
    on d.refclassid = h.classid and d.refobjid = h.objid and d.deptype in ('a', 'i') and d.objsubid = 0
  -- An index or a trigger that somebody gives to such a table is no part of it.
  where h.classid <> 'pg_catalog.pg_class'::pg_catalog.regclass
    or exists (select from pg_catalog.pg_class c
               where c.oid = h.objid and c.relnamespace in (select t.oid from temporary t))
), object as materialized (
  -- Large objects go by the name of the catalogue that holds their pages.
  select case n.classid when 'pg_catalog.pg_largeobject_metadata'::pg_catalog.regclass
           then 'pg_catalog.pg_largeobject'::pg_catalog.regclass::pg_catalog.oid else n.classid end as classid,
         n.objid, 0 as subid
  from numbered n
  where not exists (select from hidden h where h.classid = n.classid and h.objid = n.objid)
  union all
  -- Columns have no number of their own. Those of a leaf are its table's.
  select 'pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  where a.attrelid >= 16384 and a.attnum > 0 and not a.attisdropped and a.attinhcount = 0
    and c.relkind in ('r', 'p', 'f')
    and not exists (
      select from hidden h where h.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and h.objid = a.attrelid
    )
), part as (
  select d.classid, d.objid, 0 as subid,
         pg_catalog.jsonb_agg(distinct pg_catalog.concat_ws('/', d.refclassid::pg_catalog.oid, d.refobjid, 0))
           as parents,
         pg_catalog.bool_or(d.deptype = 'P') as of_partition
  from pg_catalog.pg_depend d
  where d.deptype in ('a', 'i', 'P', 'S') and d.refobjid >= 16384 and d.objsubid = 0
    and (d.classid, d.objid) <> (d.refclassid, d.refobjid)
  group by d.classid, d.objid
), rights as materialized (
  select r.*
  from (
    select 'pg_catalog.pg_class'::pg_catalog.regclass as classid, c.oid as objid, 0 as subid, c.relacl as acl
    from pg_catalog.pg_class c
    union all
    select 'pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum, a.attacl from pg_catalog.pg_attribute a
    union all
    select 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0, p.proacl from pg_catalog.pg_proc p
    union all
    select 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 0, t.typacl from pg_catalog.pg_type t
    union all
    select 'pg_catalog.pg_language'::pg_catalog.regclass, l.oid, 0, l.lanacl from pg_catalog.pg_language l
    union all
    select 'pg_catalog.pg_namespace'::pg_catalog.regclass, n.oid, 0, n.nspacl
    from pg_catalog.pg_namespace n
    -- Those of schema public are carried over.
    where n.nspname <> 'public'
  ) r
  left join pg_catalog.pg_init_privs p on p.classoid = r.classid and p.objoid = r.objid and p.objsubid = r.subid
  where r.objid < 16384 and r.acl is not null and r.acl is distinct from p.initprivs
), described as (
  select o.*, i.type as kind, i.identity as name,
         case when o.subid > 0
           then pg_catalog.jsonb_build_array(pg_catalog.concat_ws('/', o.classid, o.objid, 0))
           else coalesce(p.parents, '[]') end as parents,
         coalesce(p.of_partition, false)
           or exists (
             select from pg_catalog.pg_constraint k
             where k.oid = o.objid and o.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.coninhcount > 0
           ) as inherited
  from object o
  cross join lateral pg_catalog.pg_identify_object(o.classid, o.objid, o.subid) i
  left join part p on p.classid = o.classid and p.objid = o.objid and o.subid = 0
  union all
  -- Not of one database by the catalogue, but of this one by what they do.
  select 'pg_catalog.pg_subscription'::pg_catalog.regclass, s.oid, 0, 'subscription',
         pg_catalog.quote_ident(s.subname), '[]', false
  from pg_catalog.pg_subscription s
  join pg_catalog.pg_database d on d.oid = s.subdbid
  where d.datname = current_database()
  union all
  select 0, 0, 0, 'replication slot', pg_catalog.quote_ident(s.slot_name), '[]', false
  from pg_catalog.pg_replication_slots s
  where s.database = current_database()
  union all
  select l.classoid, l.objoid, l.objsubid, 'security label',
         pg_catalog.format('%s on %s %s', l.provider, i.type, i.identity), '[]', false
  from pg_catalog.pg_seclabel l
  cross join lateral pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) i
  union all
  -- Rights on what initdb made, which are no objects: to compare with a new database, where a view of
  -- information_schema has some too.
  select r.classid, r.objid, r.subid, 'rights', pg_catalog.format('on %s %s', i.type, i.identity), '[]', false
  from rights r
  cross join lateral pg_catalog.pg_identify_object(r.classid, r.objid, r.subid) i
), defined as (
  select d.*,
    case when d.kind = 'rights' then (
      select pg_catalog.string_agg(x.item::pg_catalog.text, ',' order by x.item::pg_catalog.text collate pg_catalog."C")
      from rights r cross join lateral pg_catalog.unnest(r.acl) x(item)
      where r.classid = d.classid and r.objid = d.objid and r.subid = d.subid)
    else case d.classid
      when 'pg_catalog.pg_default_acl'::pg_catalog.regclass then (
        select pg_catalog.string_agg(
                 x.item::pg_catalog.text, ',' order by x.item::pg_catalog.text collate pg_catalog."C")
        from pg_catalog.pg_default_acl a cross join lateral pg_catalog.unnest(a.defaclacl) x(item)
        where a.oid = d.objid)
      when 'pg_catalog.pg_class'::pg_catalog.regclass then case when d.subid = 0 then (
        select pg_catalog.jsonb_build_array(
          c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.reloptions,
          c.reltablespace, pg_catalog.obj_description(c.oid, 'pg_class'),
          case c.relkind when 'v' then pg_catalog.pg_get_viewdef(c.oid)
            when 'i' then pg_catalog.pg_get_indexdef(c.oid) when 'I' then pg_catalog.pg_get_indexdef(c.oid) end,
          (select s.seqincrement from pg_catalog.pg_sequence s where s.seqrelid = c.oid))::pg_catalog.text
        from pg_catalog.pg_class c
        where c.oid = d.objid and c.relnamespace = 'public'::pg_catalog.regnamespace)
      else (
        select pg_catalog.jsonb_build_array(
          pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attcollation,
          a.attstattarget, a.attoptions, a.attstorage, a.attcompression, pg_catalog.col_description(c.oid, a.attnum),
          (select pg_catalog.pg_get_expr(x.adbin, x.adrelid) from pg_catalog.pg_attrdef x
           where x.adrelid = a.attrelid and x.adnum = a.attnum))::pg_catalog.text
        from pg_catalog.pg_attribute a
        join pg_catalog.pg_class c on c.oid = a.attrelid
        where a.attrelid = d.objid and a.attnum = d.subid and c.relnamespace = 'public'::pg_catalog.regnamespace)
      end
      when 'pg_catalog.pg_constraint'::pg_catalog.regclass then (
        select pg_catalog.jsonb_build_array(pg_catalog.pg_get_constraintdef(k.oid), k.convalidated,
                                            pg_catalog.obj_description(k.oid, 'pg_constraint'))::pg_catalog.text
        from pg_catalog.pg_constraint k
        where k.oid = d.objid and k.connamespace = 'public'::pg_catalog.regnamespace)
    end end as definition
  from described d
)
select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
  'id', pg_catalog.concat_ws('/', f.classid, f.objid, f.subid), 'kind', f.kind, 'name', f.name,
  'parents', f.parents, 'inherited', f.inherited, 'definition', f.definition
) order by f.kind collate pg_catalog."C", f.name collate pg_catalog."C"), '[]') as objects
from defined f;
