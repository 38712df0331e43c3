-- Tables of others whose rows refer to those of a run, and tables that inherit from its tables or were attached to
-- them. No obstacle is a table without a row that refers to ours.
create or replace function aquaseed._list_dependent_tables()
returns table (name text, rows bigint) language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_item record;
begin
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
end
$$;

comment on function aquaseed._list_dependent_tables() is
  'Tables of others with rows that refer to ours; rows null: they cannot be counted, or the table goes with ours.';
