-- A leaf for the rows that the application adds after a run: ids from application_id on, no CHECK on time, keys and
-- indexes from the parent. So the generated leaves stay what they are, and a run's ids are never mixed with others.
create or replace function aquaseed.create_application_leaf(p_table text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_leaf text := p_table || '_app';
begin
  if to_regclass(format('public.%I', v_leaf)) is not null then
    -- An adopted table has it from the first day on.
    return;
  end if;
  execute format('create table public.%I partition of public.%I for values from (%s) to (maxvalue)', v_leaf, p_table,
                 aquaseed.application_id(p_table));
  perform aquaseed._add_leaf_keys(p_table, v_leaf);
end
$$;

comment on function aquaseed.create_application_leaf(text) is
  'Create the leaf of a partitioned table that takes the rows of the application.';
