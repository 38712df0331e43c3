-- A leaf for the rows that the application adds after a run: ids from application_id on, no CHECK on time, keys and
-- indexes from the parent. So the generated leaves stay what they are, and a run's ids are never mixed with others.
create or replace function aquaseed.create_application_leaf(p_table text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_leaf text := p_table || '_app';
  v_unique text[];
begin
  execute format('create table public.%I partition of public.%I for values from (%s) to (maxvalue)', v_leaf, p_table,
                 aquaseed.application_id(p_table));
  select g.leaf_unique into v_unique from aquaseed.generated_table g where g.table_name = p_table;
  if v_unique is not null then
    execute format('alter table public.%I add constraint %I unique (%s)', v_leaf, v_leaf || '_unique',
                   (select string_agg(quote_ident(u.name), ', ' order by u.n)
                    from unnest(v_unique) with ordinality u(name, n)));
  end if;
end
$$;

comment on function aquaseed.create_application_leaf(text) is
  'Create the leaf of a partitioned table that takes the rows of the application.';
