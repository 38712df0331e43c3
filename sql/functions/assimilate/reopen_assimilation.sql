-- Makes batches of a finished run pending again for the stage assimilate, all days or those of a range; the workers
-- then replace their states in place. Null for p_batches means all.
create or replace function aquaseed.reopen_assimilation(p_run_id integer, p_batches text[], p_from date, p_to date)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_unknown text;
  v_units bigint;
begin
  if exists (
    select from aquaseed.run_step s
    where s.run_id = p_run_id and s.state <> 'done' and (s.stage <> 'assimilate' or s.phase > 0)
  ) then
    raise exception 'the run is not complete' using errcode = 'AQ007',
      hint = 'Continue it with generate --resume first.';
  end if;
  -- A database of an earlier version has no such units yet.
  insert into aquaseed.run_step (run_id, stage, phase, unit, unit_no, slice)
  select p_run_id, 'assimilate', 0, b.batch_name, b.batch_no, b.slice
  from aquaseed.schedule_batch b where b.days > 0
  on conflict do nothing;
  select string_agg(n.name, ', ' order by n.name) into v_unknown
  from unnest(p_batches) n(name)
  where not exists (
    select from aquaseed.run_step s
    where s.run_id = p_run_id and s.stage = 'assimilate' and s.phase = 0 and s.unit = n.name
  );
  if v_unknown is not null then
    raise exception 'no such batch, or it has not begun: %', v_unknown using errcode = 'AQ007';
  end if;
  if p_from > p_to then
    raise exception 'the last day % is before the first %', p_to, p_from using errcode = 'AQ007';
  end if;
  -- A batch whose states are still to be computed for other days gets all of them.
  update aquaseed.run_step s set
    state = 'pending',
    target = case when s.state <> 'done' and s.target is distinct from d.days::text then null else d.days::text end
  from (select case when p_from is not null or p_to is not null then daterange(p_from, p_to, '[]') end as days) d
  where s.run_id = p_run_id and s.stage = 'assimilate' and s.phase = 0
    and (p_batches is null or s.unit = any (p_batches));
  get diagnostics v_units = row_count;
  update aquaseed.run r set state = 'running', finished_at = null where r.run_id = p_run_id;
  return v_units;
end
$$;

comment on function aquaseed.reopen_assimilation(integer, text[], date, date) is
  'Make batches pending again for the stage assimilate: all days, or those from and to a day. Returns their number.';
