-- Who would notice that a run is deleted, or would not let it be: what pg_depend does not know.
create or replace function aquaseed._list_watchers()
returns table (name text) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with target as materialized (
    select r.relation, r.fate, c.relnamespace, c.relowner, c.relkind, format('%I.%I', n.nspname, c.relname) as name
    from aquaseed._run_relations() r
    join pg_class c on c.oid = r.relation
    join pg_namespace n on n.oid = c.relnamespace
  )
  -- Subscribers would be told of the deletes.
  select 'publication ' || quote_ident(p.pubname)
  from pg_publication p
  where p.puballtables or exists (
    select from pg_publication_namespace n join target t on t.relnamespace = n.pnnspid where n.pnpubid = p.oid
  )
  union all
  select 'subscription to ' || t.name
  from pg_subscription_rel s join target t on t.relation = s.srrelid
  union all
  -- Dropping and detaching leaves fires them.
  select 'event trigger ' || quote_ident(e.evtname)
  from pg_event_trigger e
  where e.evtenabled <> 'D' and e.evtevent in ('ddl_command_start', 'ddl_command_end', 'sql_drop')
    and (e.evttags is null or e.evttags && array['ALTER TABLE', 'DROP TABLE'])
    and exists (select from target t where t.fate = 'dropped')
  union all
  select 'row security of ' || t.name from target t where row_security_active(t.relation)
  union all
  select 'table ' || t.name || ', which belongs to ' || quote_ident(pg_get_userbyid(t.relowner))
  from target t where not pg_has_role(t.relowner, 'USAGE')
  order by 1
$$;

comment on function aquaseed._list_watchers() is
  'Publications, subscriptions, event triggers, row security and owners that keep wipe from the tables of a run.';
