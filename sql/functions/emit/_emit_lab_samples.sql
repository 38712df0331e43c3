-- Laboratory samples: a screening of one container every so many days, types of sample in turn, and some at each
-- outbreak of disease. Results are empty until they have come in before as_of.
-- Ids: screenings 0..999 (batch day), outbreaks 1000 + 10 * their number in the life of the batch + the type.
create or replace function aquaseed._emit_lab_samples(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('health_healthlabsample');
  v_screening aquaseed.screening := aquaseed.settings('health.laboratory.screening', null::aquaseed.screening);
  v_sent integer := aquaseed.number('health.laboratory.sent_after_days')::integer;
  v_result_days aquaseed.between := aquaseed.settings('health.laboratory.result_days', null::aquaseed.between);
  v_after integer := aquaseed.number('health.laboratory.outbreak.after_days')::integer;
  -- Where the configuration has nobody of the role.
  v_draw bigint := aquaseed.stream(p_seed, 'laboratory');
  v_words jsonb := aquaseed.setting_tree('health.words');
  v_empty aquaseed.between := aquaseed.settings('health.words.empty.laboratory', null::aquaseed.between);
  v_rows bigint;
begin
  insert into public.health_healthlabsample
    (id, sample_date, date_sent_to_lab, date_results_received, lab_reference_id, findings_summary, quantitative_results,
     attachment, notes, created_at, updated_at, batch_container_assignment_id, recorded_by_id, sample_type_id)
  with task as materialized (
    select t.life_stage_no, t.day, t.task_day from aquaseed._task_days(p_batch_no, p_seed) t
  ),
  entry as materialized (
    select e.life_stage_no, e.day, e.late, e.entered
    from aquaseed._entry_times(p_batch_no, p_seed, 'laboratory', 'sampling') e
  ),
  duty as materialized (
    select u.life_stage_no, u.day, u.vet_id from aquaseed._duty(p_batch_no, p_seed) u
  ),
  sample_type as (
    select t.id, t.name, row_number() over (order by m.no) - 1 as place, count(*) over () as types
    from aquaseed.master_row m
    join public.health_sampletype t on t.id = m.id
    where m.table_name = 'health_sampletype'
  ),
  outbreak as (
    select row_number() over (order by i.incident_no) - 1 as no, i.assignment_no,
           greatest(i.from_day, a.first_day, g.start_day) + v_after as day
    from aquaseed.incident i
    join aquaseed.schedule_stay g on g.batch_no = i.batch_no and g.life_stage_no = i.life_stage_no
    left join aquaseed.assignment a on a.batch_no = i.batch_no and a.assignment_no = i.assignment_no
    join aquaseed.list_incident_kinds() k on k.kind = i.kind
    where i.batch_no = p_batch_no and k.effect = 'disease'
  ),
  wanted as (
    select d.day, d.day as n, t.id as sample_type_id, t.name as sample_type, null::smallint as assignment_no,
           'healthy' as state
    from aquaseed.schedule_batch b
    cross join lateral generate_series(v_screening.first_day, b.days - 1, v_screening.every_days) d(day)
    join sample_type t
      on t.place = ((d.day - v_screening.first_day) / v_screening.every_days
                    + floor(1000 * aquaseed.u(v_draw # b.batch_key, -1))::integer) % t.types
    where b.batch_no = p_batch_no
    union all
    select o.day, 1000 + o.no * 10 + s.place - 1, t.id, t.name, o.assignment_no, 'diseased'
    from outbreak o
    cross join jsonb_array_elements_text(aquaseed.setting_tree('health.laboratory.outbreak.types'))
      with ordinality s(name, place)
    join sample_type t on t.name = s.name
  ),
  -- On the next day that is worked on. The container: that of the outbreak, else one of those with fish on the day.
  taken as (
    select w.n, w.sample_type_id, w.sample_type, w.state, c.day, b.start_date + c.day as on_date, b.batch_name, b.days,
           b.batch_key, c.assignment_no as taken_from, c.vet_id, c.late, c.entered, c.habit, c.temperature_c,
           c.day + aquaseed.evenly_whole(v_result_days, aquaseed.u(v_draw # b.batch_key, w.n * 100)) as result_day
    from wanted w
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    cross join lateral (
      select x.*
      from (
        select d.assignment_no, d.day, d.temperature_c, u.vet_id, e.late, e.entered, h.habit,
               row_number() over (order by d.assignment_no) - 1 as place, count(*) over () as containers
        from task t
        join aquaseed.assignment_day d
          on d.batch_no = p_batch_no and d.life_stage_no = t.life_stage_no and d.day = t.task_day and d.fish_end > 0
        join entry e on e.life_stage_no = t.life_stage_no and e.day = t.task_day
        join aquaseed._site_habits(p_batch_no, p_seed) h on h.life_stage_no = t.life_stage_no
        left join duty u on u.life_stage_no = t.life_stage_no and u.day = t.task_day
        where t.day = w.day and (w.assignment_no is null or d.assignment_no = w.assignment_no)
      ) x
      where x.place = floor(aquaseed.u(v_draw # b.batch_key, w.day * 100 + 1) * x.containers)::integer
    ) c
    where c.day + c.late < b.days
  )
  select p_batch_no * v_block + t.n, t.on_date, case when t.day + v_sent < t.days then t.on_date + v_sent end,
         case when r.known then t.on_date + t.result_day - t.day end,
         'LAB-' || t.batch_name || '-' || lpad(t.n::text, 4, '0'),
         case when r.known then
           aquaseed._pick_text(aquaseed.u(v_draw # t.batch_key, t.n * 100 + 2),
                               'health.laboratory.types', t.sample_type, t.state)
         end,
         case when r.known then q.results end,
         null,
         case when aquaseed.u(v_draw # t.batch_key, t.n * 100 + 4)
                     >= aquaseed.evenly(v_empty, aquaseed.u(t.habit, 12)) then
           aquaseed._compose(v_words, 'laboratory', t.habit, v_draw # t.batch_key # t.n::bigint,
             jsonb_build_object('temperature', to_char(t.temperature_c, 'FM990.0'), 'days', 14, 'deaths', (
               select sum(x.deaths) from aquaseed.assignment_day x
               where x.batch_no = p_batch_no and x.assignment_no = t.taken_from
                 and x.day between t.day - 13 and t.day)),
             case t.state when 'healthy' then 'Yearly screening.' else 'Outbreak of disease.' end)
         end, w.at,
         greatest(w.at, case when r.known then t.result_day when t.day + v_sent < t.days then t.day + v_sent end
           * interval '1 day' + (t.on_date - t.day + time '14:00') at time zone 'UTC'
           + make_interval(secs => floor(7200 * aquaseed.u(v_draw # t.batch_key, t.n * 100 + 3)))),
         p_batch_no * 100 + t.taken_from, t.vet_id, t.sample_type_id
  from taken t
  cross join lateral (select t.result_day < t.days as known) r
  cross join lateral (select t.on_date::timestamp at time zone 'UTC' + make_interval(secs => t.entered) as at) w
  cross join lateral (
    select jsonb_build_object('fish_sampled', aquaseed.number('health.laboratory.types', t.sample_type, 'fish'))
      || jsonb_object_agg(m.measure, round(least(m.most, greatest(0,
           case t.state when 'healthy' then m.healthy else m.diseased end
           + case t.state when 'healthy' then m.healthy_sd else m.diseased_sd end
             * aquaseed.z(v_draw # t.batch_key, t.n * 100 + 10 + m.measure_no)))::numeric, m.decimals)) as results
    from aquaseed._lab_measures() m
    where m.sample_type = t.sample_type
  ) q
  order by t.n;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('health_healthlabsample', v_rows);
end
$$;

comment on function aquaseed._emit_lab_samples(integer, bigint) is
  'health_healthlabsample of one batch as it stands at as_of: screenings and samples at outbreaks of disease.';
