-- Objects of others that pg_depend knows to hang on a table that a run fills, or on a part of it (its row type, keys,
-- sequences). No obstacle is what stays as it is: indexes, checks and defaults on tables that stay, triggers there that
-- deleting does not fire.
create or replace function aquaseed._list_dependent_objects()
returns table (name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with recursive target as materialized (
    select r.relation, r.fate from aquaseed._run_relations() r
  ),
  -- Our tables and what is a part of them, whoever put it there. Other tables are no parts (_list_dependent_tables).
  part(classid, objid, fate) as (
    select 'pg_class'::regclass::oid, t.relation, t.fate from target t
    union
    select d.classid, d.objid, p.fate
    from part p
    join pg_depend d on d.refclassid = p.classid and d.refobjid = p.objid and d.deptype in ('a', 'i', 'P', 'S')
    where not exists (
      select from pg_class c
      where d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind in ('r', 'p', 'f', 'v', 'm')
    )
  ),
  found(classid, objid, objsubid) as (
    select d.classid, d.objid, d.objsubid
    from part p
    join pg_depend d on d.refclassid = p.classid and d.refobjid = p.objid and d.deptype in ('n', 'x')
    where not exists (select from part o where o.classid = d.classid and o.objid = d.objid)
    union
    select p.classid, p.objid, 0
    from part p
    where p.classid in ('pg_policy'::regclass, 'pg_statistic_ext'::regclass, 'pg_publication_rel'::regclass)
       or p.classid = 'pg_rewrite'::regclass
       or p.classid = 'pg_trigger'::regclass and exists (
         select from pg_trigger t
         where t.oid = p.objid and not t.tgisinternal and t.tgparentid = 0
           -- 8 and 32: on delete, on truncate.
           and (p.fate = 'dropped' or t.tgenabled <> 'D' and t.tgtype::integer & 40 <> 0)
       )
       -- What somebody added to a leaf goes with it. Ours are named after the leaf or after that of the parent.
       or p.classid = 'pg_constraint'::regclass and p.fate = 'dropped' and exists (
         select from pg_constraint k
         join pg_class leaf on leaf.oid = k.conrelid
         where k.oid = p.objid and k.contype <> 'n' and k.conparentid = 0
           and not starts_with(k.conname, leaf.relname || '_') and not starts_with(k.conname, '_empty_')
           and not exists (
             select from pg_constraint o join target t on t.relation = o.conrelid
             where t.fate = 'kept' and o.conname = k.conname
           )
       )
       or p.classid = 'pg_class'::regclass and p.fate = 'dropped' and exists (
         select from pg_class c
         left join pg_index i on i.indexrelid = c.oid
         left join pg_class leaf on leaf.oid = i.indrelid
         where c.oid = p.objid and not c.relispartition
           and (c.relkind = 'S'
             or c.relkind = 'i' and c.relnamespace <> 'pg_toast'::regnamespace
               and not starts_with(c.relname, leaf.relname || '_')
               and not exists (select from pg_constraint k where k.conindid = c.oid))
       )
  ),
  -- A view is known by its rule.
  named as (
    select distinct case when v.ev_class is null then f.classid else 'pg_class'::regclass end as classid,
           coalesce(v.ev_class, f.objid) as objid, case when v.ev_class is null then f.objsubid else 0 end as objsubid
    from found f
    left join pg_rewrite v on f.classid = 'pg_rewrite'::regclass and v.oid = f.objid and v.rulename = '_RETURN'
    where not exists (
        select from pg_constraint k where f.classid = 'pg_constraint'::regclass and k.oid = f.objid and k.contype = 'f'
          and (k.confrelid <> all (array(select t.relation from target t where t.fate in ('dropped', 'truncated')))
            or k.conparentid <> 0 or k.conrelid = any (array(select t.relation from target t)))
      )
      -- Children, whose ids are of our sequences: they are among the tables, with their rows.
      and not exists (
        select from pg_attrdef d
        join pg_inherits i on i.inhrelid = d.adrelid
        join target t on t.relation = i.inhparent
        where f.classid = 'pg_attrdef'::regclass and d.oid = f.objid
      )
      and not (f.classid = 'pg_class'::regclass and f.objsubid = 0
               and exists (select from pg_class c where c.oid = f.objid and c.relkind in ('r', 'p', 'f')))
  )
  select distinct o.type || ' ' || o.identity
  from named n
  cross join lateral pg_identify_object(n.classid, n.objid, n.objsubid) o
  left join pg_rewrite r on n.classid = 'pg_rewrite'::regclass and r.oid = n.objid
  where o.schema is distinct from 'aquaseed'
    -- A rule on a view is part of the view.
    and (r.oid is null or r.ev_class in (select t.relation from target t))
    -- AquaMind's own (003_aquamind_keys.sql).
    and o.identity not in ('public.vw_fact_harvest', 'public.vw_intercompany_transactions')
  order by 1
$$;

comment on function aquaseed._list_dependent_objects() is
  'Objects of others that depend on the tables that a run fills, as the catalogue of dependencies has them.';
