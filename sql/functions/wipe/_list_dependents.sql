-- What of others depends on the tables that a run fills. The catalogue is asked, not a list of kinds: pg_depend knows
-- all that hangs on a table or on a part of it (its row type, keys, sequences). The rest, which pg_depend does not
-- know, follows below. rows: of tables whose rows refer to ours or come with them; null for other objects.
-- No obstacle is what stays as it is: indexes, checks and defaults on tables that stay, triggers there that deleting
-- does not fire, tables without a row that refers to ours.
create or replace function aquaseed._list_dependents()
returns table (name text, rows bigint) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item record;
begin
  return query
  with recursive target as materialized (
    select r.relation, r.fate from aquaseed._run_relations() r
  ),
  -- Our tables and what is a part of them, whoever put it there. Other tables are no parts: they come below.
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
      -- Children, whose ids are of our sequences: below, with their rows.
      and not exists (
        select from pg_attrdef d
        join pg_inherits i on i.inhrelid = d.adrelid
        join target t on t.relation = i.inhparent
        where f.classid = 'pg_attrdef'::regclass and d.oid = f.objid
      )
      and not (f.classid = 'pg_class'::regclass and f.objsubid = 0
               and exists (select from pg_class c where c.oid = f.objid and c.relkind in ('r', 'p', 'f')))
  )
  select distinct o.type || ' ' || o.identity, null::bigint
  from named n
  cross join lateral pg_identify_object(n.classid, n.objid, n.objsubid) o
  left join pg_rewrite r on n.classid = 'pg_rewrite'::regclass and r.oid = n.objid
  where o.schema is distinct from 'aquaseed'
    -- A rule on a view is part of the view.
    and (r.oid is null or r.ev_class in (select t.relation from target t))
    -- AquaMind's own (003_aquamind_keys.sql).
    and o.identity not in ('public.vw_fact_harvest', 'public.vw_intercompany_transactions')
  order by 1;

  -- Tables whose rows refer to ours, and tables that inherit from ours or were attached to them.
  for v_item in
    with target as materialized (
      select r.relation, r.fate from aquaseed._run_relations() r
    ),
    reference as (
      select k.conrelid as relation, false as is_lost,
             (select '(' || string_agg(format('t.%I is not null', a.attname), ' and ' order by a.attnum) || ')'
              from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey)) as condition
      from pg_constraint k
      where k.contype = 'f' and k.conparentid = 0 and k.confrelid in (select t.relation from target t)
        and k.conrelid not in (select t.relation from target t)
      union all
      select i.inhrelid, t.fate = 'dropped', 'true'
      from pg_inherits i
      join target t on t.relation = i.inhparent
      where i.inhrelid not in (select x.relation from target x)
        and exists (select from pg_class c where c.oid = i.inhrelid and c.relkind in ('r', 'p', 'f'))
    )
    select r.relation, case when n.nspname <> 'public' then n.nspname || '.' else '' end || c.relname as table_name,
           bool_or(r.is_lost) as is_lost, string_agg(distinct r.condition, ' or ') as condition
    from reference r
    join pg_class c on c.oid = r.relation
    join pg_namespace n on n.oid = c.relnamespace
    group by r.relation, n.nspname, c.relname
    order by 2
  loop
    rows := aquaseed._count_rows(v_item.relation, v_item.condition);
    name := v_item.table_name;
    if rows is null then
      name := 'table ' || name || ', whose rows cannot be counted';
      return next;
    elsif rows > 0 then
      return next;
    elsif v_item.is_lost then
      name := 'table ' || name;
      rows := null;
      return next;
    end if;
  end loop;

  return query
  with target as materialized (
    select r.relation, r.fate, c.relnamespace, c.relowner, c.relkind, format('%I.%I', n.nspname, c.relname) as name
    from aquaseed._run_relations() r
    join pg_class c on c.oid = r.relation
    join pg_namespace n on n.oid = c.relnamespace
  )
  -- Subscribers would be told of the deletes.
  select 'publication ' || quote_ident(p.pubname), null::bigint
  from pg_publication p
  where p.puballtables or exists (
    select from pg_publication_namespace n join target t on t.relnamespace = n.pnnspid where n.pnpubid = p.oid
  )
  union all
  select 'subscription to ' || t.name, null
  from pg_subscription_rel s join target t on t.relation = s.srrelid
  union all
  -- Dropping and detaching leaves fires them.
  select 'event trigger ' || quote_ident(e.evtname), null
  from pg_event_trigger e
  where e.evtenabled <> 'D' and e.evtevent in ('ddl_command_start', 'ddl_command_end', 'sql_drop')
    and (e.evttags is null or e.evttags && array['ALTER TABLE', 'DROP TABLE'])
    and exists (select from target t where t.fate = 'dropped')
  union all
  select 'row security of ' || t.name, null from target t where row_security_active(t.relation)
  union all
  select 'table ' || t.name || ', which belongs to ' || quote_ident(pg_get_userbyid(t.relowner)), null
  from target t where not pg_has_role(t.relowner, 'USAGE')
  order by 1;
end
$$;

comment on function aquaseed._list_dependents() is
  'What of others depends on the tables that a run fills: objects (rows null) and tables with rows that refer to ours.';
