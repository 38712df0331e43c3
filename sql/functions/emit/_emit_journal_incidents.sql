-- An entry of the health journal for each incident that health.yaml knows a severity of, once it has been entered.
create or replace function aquaseed._emit_journal_incidents(p_batch_no integer, p_seed bigint)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('health_journalentry');
  v_severity jsonb := aquaseed.setting_tree('health.journal.incident_severity');
  -- Where the configuration has nobody of the role.
  v_text bigint := aquaseed.stream(p_seed, 'journal text');
  v_note bigint := aquaseed.stream(p_seed, 'journal note');
  v_words jsonb := aquaseed.setting_tree('health.words');
  v_empty aquaseed.between := aquaseed.settings('health.words.empty.closed', null::aquaseed.between);
  v_incidents bigint;
  v_rows bigint;
begin
  -- Incidents are numbered over the whole life of the batch, so that ids do not depend on as_of.
  v_incidents := (
    select count(*)
    from aquaseed.incident i
    where i.batch_no = p_batch_no and v_severity ? i.kind
  );
  if 3000 + v_incidents >= v_block then
    raise exception 'batch % has % incidents for the journal, at most % fit', p_batch_no, v_incidents, v_block - 3001
      using errcode = 'AQ002', hint = 'Lower the rates in incidents.yaml.';
  end if;
  insert into public.health_journalentry
    (id, entry_date, category, severity, description, resolution_status, resolution_notes, batch_id, container_id,
     user_id, created_at, updated_at)
  -- An incident of a place may have begun before the fish came, and go on when they have left.
  with duty as materialized (
    select x.life_stage_no, x.day, x.operator_id, x.vet_id from aquaseed._duty(p_batch_no, p_seed) x
  ),
  happened as (
    select i.incident_no, i.life_stage_no, i.kind, k.is_for_vet, i.place, i.detail, i.incident_key, s.container_id,
           row_number() over (order by i.incident_no) - 1 as no,
           greatest(i.from_day, a.first_day, g.start_day)::integer as from_day,
           least(i.to_day, a.last_day, g.end_day - 1)::integer as to_day, i.assignment_no,
           -- high below medium: the smaller, the worse.
           case when x.high >= x.medium then i.size >= x.high else i.size <= x.high end as grave,
           case when x.high >= x.medium then i.size >= x.medium else i.size <= x.medium end as notable
    from aquaseed.incident i
    join aquaseed.list_incident_kinds() k on k.kind = i.kind
    cross join lateral (
      select (v_severity #>> array[i.kind, 'medium'])::double precision as medium,
             (v_severity #>> array[i.kind, 'high'])::double precision as high
    ) x
    join aquaseed.schedule_stay g on g.batch_no = i.batch_no and g.life_stage_no = i.life_stage_no
    left join aquaseed.assignment a on a.batch_no = i.batch_no and a.assignment_no = i.assignment_no
    left join aquaseed.schedule_container s on s.batch_no = i.batch_no and s.assignment_no = i.assignment_no
    where i.batch_no = p_batch_no and v_severity ? i.kind
  )
  select p_batch_no * v_block + 3000 + h.no, w.at, 'issue',
         case when h.grave then 'high' when h.notable then 'medium' else 'low' end,
         aquaseed._compose(v_words, 'incident', s.habit, x.key, n.numbers, aquaseed._pick_text(
           aquaseed.u(v_text # h.incident_key, h.incident_no), 'health.journal.texts.incident', h.kind)),
         o.over,
         case when o.over and aquaseed.u(x.key, 0) >= aquaseed.evenly(v_empty, aquaseed.u(s.habit, 13)) then
           aquaseed._compose(v_words, 'closed', s.habit, ~x.key, n.numbers, aquaseed._pick_text(
             aquaseed.u(v_text # h.incident_key, -1 - h.incident_no), 'health.journal.texts.incident_over', h.kind))
           else '' end,
         p_batch_no, h.container_id, case when h.is_for_vet then u.vet_id
           else u.operator_id end, w.entered,
         case when o.over then greatest(w.entered, (b.start_date + h.to_day + time '16:00') at time zone 'UTC'
             + make_interval(mins => floor(90 * aquaseed.u(v_text # h.incident_key, -10000 - h.incident_no))::integer))
           else w.entered end
  from happened h
  join aquaseed.schedule_batch b on b.batch_no = p_batch_no
  join aquaseed._entry_times(p_batch_no, p_seed, 'journal incident', 'inspection') e
    on e.life_stage_no = h.life_stage_no and e.day = h.from_day
  join aquaseed._site_habits(p_batch_no, p_seed) s on s.life_stage_no = h.life_stage_no
  cross join lateral (select v_note # h.incident_key # h.incident_no::bigint as key) x
  cross join lateral (
    select jsonb_build_object('place', h.place, 'detail', h.detail, 'days', 7,
             'fish', coalesce(sum(d.fish_end) filter (where d.day = h.from_day), 0),
             'deaths', coalesce(sum(d.deaths), 0),
             'temperature', to_char(avg(d.temperature_c) filter (where d.day = h.from_day), 'FM990.0'),
             'feed', round(sum(d.feed_1_g + d.feed_2_g) filter (where d.day = h.from_day) / 1000.0, 1)) as numbers
    from aquaseed.assignment_day d
    where d.batch_no = p_batch_no and d.day between h.from_day - 6 and h.from_day and d.life_stage_no = h.life_stage_no
      and (h.assignment_no is null or d.assignment_no = h.assignment_no)
  ) n
  left join duty u on u.life_stage_no = h.life_stage_no and u.day = h.from_day
  cross join lateral (
    select (b.start_date + h.from_day)::timestamp at time zone 'UTC' + make_interval(secs => e.done) as at,
           (b.start_date + h.from_day)::timestamp at time zone 'UTC' + make_interval(secs => e.entered) as entered
  ) w
  cross join lateral (select h.to_day < b.days as over) o
  where h.from_day + e.late < b.days
    -- Nobody writes about a ring that is empty by then.
    and exists (select from aquaseed.assignment_day d
                where d.batch_no = p_batch_no and d.day = h.from_day and d.fish_end > 0
                  and (h.assignment_no is null or d.assignment_no = h.assignment_no))
  order by h.incident_no;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed._emit_journal_incidents(integer, bigint) is
  'Entries of the health journal of one batch for its incidents. Returns the rows.';
