-- Moves the end of history of a finished run to a later day: the batches, silos, areas and slices that it touches
-- become units to be done again, and the workers add what is missing. With a schedule, which must be an extension of
-- the one that is loaded, batches that begin later come too. Everything else is refused, and then nothing is written.
create or replace function aquaseed.begin_advance(
  p_run_id integer, p_to date, p_schedule jsonb default null, p_schedule_name text default null,
  p_schedule_digest text default null, p_predicted jsonb default null
)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  -- What a batch still changes after its last fish: invoices, results of laboratories, outcomes of treatments.
  v_echo constant integer := 100;
  -- Late entries concern days before the end of history.
  v_late constant integer := aquaseed.most_entry_days() + 1;
  v_run aquaseed.run;
  v_known integer := (select count(*) from aquaseed.schedule_batch);
  v_units bigint;
begin
  select * into v_run from aquaseed.run r where r.run_id = p_run_id for update;
  if v_run.state is distinct from 'done' then
    raise exception 'there is no finished run to advance' using errcode = 'AQ007',
      hint = 'Continue it with --resume, or generate first.';
  end if;
  if p_to <= v_run.as_of then
    raise exception 'history ends on % already, so that it cannot be moved to %', v_run.as_of, p_to
      using errcode = 'AQ015', hint = 'Name a later day.';
  end if;
  if p_schedule is not null then
    perform aquaseed._check_span(p_schedule, p_to);
    perform aquaseed._require_extension(p_schedule, v_run.seed);
  end if;

  -- A duration that was cut by hand stays.
  update aquaseed.schedule_batch b set days = greatest(b.days, least(b.life_days, p_to - b.start_date))
  where b.days >= least(b.life_days, v_run.as_of - b.start_date);
  if p_schedule is not null and jsonb_array_length(p_schedule -> 'batches') > v_known then
    perform aquaseed._open_slices(jsonb_array_length(p_schedule -> 'batches'));
    perform aquaseed._add_batches(p_schedule, p_to);
  end if;
  update aquaseed.run r set
    state = 'running', finished_at = null, advanced_from = r.as_of, as_of = p_to,
    schedule_name = coalesce(p_schedule_name, r.schedule_name),
    schedule_digest = coalesce(p_schedule_digest, r.schedule_digest), predicted = p_predicted
  where r.run_id = p_run_id;
  perform aquaseed._give_defaults(true);
  perform aquaseed._list_units(p_run_id);

  update aquaseed.run_step s set state = 'pending', target = case s.stage when 'assimilate'
      then daterange(v_run.as_of - v_late, null)::text end
  from aquaseed.schedule_batch b
  where s.run_id = p_run_id and s.phase = 0 and s.stage in ('emit', 'assimilate') and b.batch_no = s.unit_no
    and b.emitted_days > 0 and b.days > 0 and b.start_date + b.life_days + v_echo >= v_run.as_of;
  update aquaseed.run_step s set state = 'pending'
  where s.run_id = p_run_id and s.stage = 'emit' and s.phase = 1;
  -- Silos and barges with feed that is delivered, eaten or thrown away in these days, or of batches that are new.
  update aquaseed.run_step s set state = 'pending'
  from (
    select 2 * (v_run.as_of - '2000-01-01'::date) as first, 2 * (p_to - '2000-01-01'::date) as last
  ) h
  where s.run_id = p_run_id and s.stage = 'settle' and s.phase = 0 and (
    exists (select from aquaseed.feed_demand d
            where d.feed_container_id = s.unit_no and d.half >= h.first and d.half < h.last)
    or exists (select from aquaseed.feed_lot l
               where l.feed_container_id = s.unit_no
                 and (l.half >= h.first and l.half < h.last or l.wasted_half >= h.first and l.wasted_half < h.last))
    or aquaseed._feeds_new_batch(s.unit_no));
  -- What comes after the units of new batches and slices. The rows of others alone do not ask for it: leaves that grow
  -- get new statistics at the end (_renew_statistics).
  update aquaseed.run_step s set state = 'pending'
  where s.run_id = p_run_id and s.state = 'done' and s.unit ~ '^(statistics|attach)' and exists (
      select from aquaseed.run_step n
      where n.run_id = p_run_id and n.stage = s.stage and n.state = 'pending' and n.phase < s.phase
        and (n.phase > 0 or s.stage <> 'assimilate' and exists (
          select from aquaseed.schedule_batch b where b.emitted_days = 0 and b.days > 0)));
  -- The application goes on to number its rows after those that come.
  update aquaseed.run_step s set state = 'pending'
  where s.run_id = p_run_id and s.stage = 'seal' and s.unit = 'sequences';
  select count(*) into v_units from aquaseed.run_step s where s.run_id = p_run_id and s.state <> 'done';
  return v_units;
end
$$;

comment on function aquaseed.begin_advance(integer, date, jsonb, text, text, jsonb) is
  'Move the end of history of a finished run to a later day, with an extended schedule or with the batches it has. '
  'Returns the units to do; refuses an earlier day (AQ015) and a schedule that is no extension (AQ003).';
