-- The supplier that a batch's eggs come from: one draw a batch, evenly over all suppliers of the configuration.
create or replace function aquaseed._egg_supplier(p_batch_key bigint, p_seed bigint)
returns public.broodstock_eggsupplier language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.*
  from aquaseed.master_row m
  join public.broodstock_eggsupplier s on s.id = m.id
  where m.table_name = 'broodstock_eggsupplier'
  order by m.no
  offset floor(aquaseed.u(aquaseed.stream(p_seed, 'egg supplier'), p_batch_key)
               * (select count(*) from aquaseed.master_row x where x.table_name = 'broodstock_eggsupplier'))::bigint
  limit 1
$$;

comment on function aquaseed._egg_supplier(bigint, bigint) is 'The egg supplier of a batch, drawn by its key.';
