-- What a leaf needs besides the keys of its parent, once it is full.
create or replace function aquaseed._add_leaf_keys(p_table text, p_leaf text)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key record;
begin
  for v_key in select * from aquaseed._leaf_keys(p_table) k order by k.n loop
    if v_key.kind = 'constraint' then
      execute format('alter table public.%I add constraint %I %s', p_leaf,
                     p_leaf || '_unique' || case when v_key.n > 1 then v_key.n::text else '' end, v_key.definition);
    else
      execute format('create unique index %I on public.%I%s', p_leaf || '_unique' || v_key.n, p_leaf, v_key.definition);
    end if;
  end loop;
end
$$;

comment on function aquaseed._add_leaf_keys(text, text) is
  'Give a leaf the unique keys that its parent cannot have (_leaf_keys).';
