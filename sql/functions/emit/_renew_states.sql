-- Brings the state rows of a batch from one end of history to a later one: what the two make different is added,
-- changed or taken away. A row that is not as the earlier end made it belongs to who changed it (aquaseed.kept_row).
-- What the earlier end made is what is there, where only the run has written to it; else it is made again.
create or replace function aquaseed._renew_states(
  p_batch_no integer, p_seed bigint, p_slice integer, p_from_days integer, p_from date, p_days integer, p_as_of date
)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before aquaseed.made_row[] := coalesce(
    aquaseed._states_held(p_batch_no), aquaseed._states_made(p_batch_no, p_seed, p_slice, p_from_days, p_from));
  v_after aquaseed.made_row[] := aquaseed._states_made(p_batch_no, p_seed, p_slice, p_days, p_as_of);
  v_change record;
  v_columns text;
  v_added bigint;
  v_rows jsonb := '{}';
begin
  for v_change in
    select g.table_name, g.id_column, array_agg(c.id order by c.id) as ids,
           array_agg(c.before order by c.id) as befores, array_agg(c.after order by c.id) as afters
    from (
      select coalesce(b.table_name, a.table_name) as table_name, coalesce(b.id, a.id) as id, b.content as before,
             a.content as after
      from unnest(v_before) b
      full join unnest(v_after) a on a.table_name = b.table_name and a.id = b.id
      where b.content is distinct from a.content
    ) c
    join aquaseed.generated_table g on g.table_name = c.table_name
    group by g.table_name, g.id_column
    order by g.table_name
  loop
    v_columns := (
      select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
      from pg_catalog.pg_attribute a
      where a.attrelid = format('public.%I', v_change.table_name)::regclass and a.attnum > 0 and not a.attisdropped
        and a.attgenerated = ''
    );
    execute format($apply$
      with change as materialized (
        select c.id, c.before, c.after, (t.%2$I is null) as is_new, t::text as current
        from unnest($1::bigint[], $2::text[], $3::text[]) c(id, before, after)
        left join public.%1$I t on t.%2$I = c.id
      ),
      added as (
        insert into public.%1$I (%3$s)
        select %3$s from (
          select (c.after::public.%1$I).* from change c where c.before is null and c.is_new order by c.id
        ) n
        returning 1
      ),
      changed as (
        update public.%1$I t set (%3$s) = (select %3$s from (select (c.after::public.%1$I).*) n)
        from change c
        where t.%2$I = c.id and c.current = c.before and c.after is not null
      ),
      removed as (
        delete from public.%1$I t using change c
        where t.%2$I = c.id and c.current = c.before and c.after is null
        returning 1
      ),
      kept as (
        insert into aquaseed.kept_row (table_name, id)
        select %1$L, c.id from change c where not c.is_new and c.current is distinct from c.before
        on conflict do nothing
      )
      select (select count(*) from added) - (select count(*) from removed)
    $apply$, v_change.table_name, v_change.id_column, v_columns)
    into v_added using v_change.ids, v_change.befores, v_change.afters;
    v_rows := v_rows || jsonb_build_object(v_change.table_name, v_added);
  end loop;
  return v_rows;
end
$$;

comment on function aquaseed._renew_states(integer, bigint, integer, integer, date, integer, date) is
  'Bring the state rows of a batch up to a later end of history. Returns how many more there are, per table.';
