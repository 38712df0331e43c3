-- One mortality event per container and day with deaths. The cause follows what killed: those of a procedure or an
-- incident its own cause, the others a draw from the shares of the habitat. Biomass is rounded as in _emit_feeding.
create or replace function aquaseed._emit_mortality(p_batch_no integer, p_seed bigint, p_leaf text)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('batch_mortalityevent');
  v_rows bigint;
begin
  execute format($insert$
    insert into public.%I
      (id, event_date, count, biomass_kg, cause, description, created_at, updated_at, batch_id, assignment_id)
    select $1 * $2 + d.assignment_no * 1000 + d.day, b.start_date + d.day, d.deaths,
           (d.deaths * (1e4::double precision * d.weight_start_g)::bigint + 50000) / 100000 * 0.01, c.cause,
           'Daily removal', w.at, w.at, $1, $1 * 100 + d.assignment_no
    from aquaseed.assignment_day d
    join aquaseed.schedule_batch b on b.batch_no = d.batch_no
    join aquaseed.stage t on t.stage_order = d.stage_order
    join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
    cross join lateral (
      select aquaseed.u($3 # s.assignment_key, d.day) as of_extra,
             aquaseed.u($3 # s.assignment_key, -1 - d.day) as of_cause
    ) u
    join aquaseed.mortality_cause m
      on m.habitat = t.habitat and u.of_cause >= m.share_from and u.of_cause < m.share_to
    cross join lateral (select case when u.of_extra < d.extra_share then d.extra_cause else m.cause end as cause) c
    cross join lateral (select (b.start_date + d.day + time '15:00') at time zone 'UTC' as at) w
    where d.batch_no = $1 and d.day < b.days and d.deaths > 0
    order by d.assignment_no, d.day
  $insert$, p_leaf)
  using p_batch_no, v_block, aquaseed.stream(p_seed, 'cause of death');
  get diagnostics v_rows = row_count;
  return jsonb_build_object('batch_mortalityevent', v_rows);
end
$$;

comment on function aquaseed._emit_mortality(integer, bigint, text) is
  'batch_mortalityevent of one batch into its leaf: one row per container and day with deaths, with cause.';
