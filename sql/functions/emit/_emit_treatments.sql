-- A treatment per container and procedure (vaccinations and delousings) that has been entered (_treatment_entries). The
-- outcome of a delousing is that of the lice that came off; it is pending while the treatment is young at as_of.
create or replace function aquaseed._emit_treatments(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('health_treatment');
  v_journal_block bigint := aquaseed.id_block('health_journalentry');
  v_sampling_block bigint := aquaseed.id_block('health_healthsamplingevent');
  v_vaccination aquaseed.vaccination_record :=
    aquaseed.settings('health.treatment.vaccination', null::aquaseed.vaccination_record);
  v_delousing aquaseed.delousing_record :=
    aquaseed.settings('health.treatment.delousing', null::aquaseed.delousing_record);
  v_delousing_withheld integer := aquaseed.number('health.lice.withholding_days')::integer;
  v_sampling_days integer := aquaseed.number('health.treatment.sampling_days')::integer;
  v_draw bigint := aquaseed.stream(p_seed, 'vaccination record');
  v_note bigint := aquaseed.stream(p_seed, 'treatment note');
  v_words jsonb := aquaseed.setting_tree('health.words');
  v_rows bigint;
begin
  insert into public.health_treatment
    (id, treatment_date, treatment_type, description, dosage, duration_days, withholding_period_days, outcome, batch_id,
     batch_assignment_id, container_id, user_id, vaccination_type_id, includes_weighing, sampling_event_id,
     journal_entry_id)
  with entry as materialized (
    select t.* from aquaseed._treatment_entries(p_batch_no, p_seed) t
  ),
  sampling as materialized (
    select h.assignment_no, h.day, h.entry_day from aquaseed._health_samplings(p_batch_no, p_seed) h
  ),
  vaccine as (
    select v.id, v.name, v.dosage, row_number() over (order by m.no) - 1 as place, count(*) over () as vaccines
    from aquaseed.master_row m
    join public.health_vaccinationtype v on v.id = m.id
    where m.table_name = 'health_vaccinationtype'
  ),
  duty as materialized (select * from aquaseed._duty(p_batch_no, p_seed)),
  method as (
    select m.key as name, m.value ->> 'type' as treatment_type, m.value ->> 'dosage' as dosage,
           m.value ->> 'detail' as detail
    from jsonb_each(aquaseed.setting_tree('health.treatment.methods')) m
  )
  select p_batch_no * v_block + p.procedure_no,
         (b.start_date + p.day)::timestamp at time zone 'UTC' + make_interval(secs => w.done),
         case p.kind when 'vaccination' then 'vaccination' else m.treatment_type end,
         case p.kind
           when 'vaccination' then v.name || ', injection ' || p.round_no || ' of the batch, every fish.'
           else initcap(p.method) || ' delousing' || case when p.emergency then ' (emergency)' else '' end || ': '
             || m.detail
             || coalesce(' ' || to_char(p.lice_before, 'FM990.00') || ' adult female lice a fish before'
                  || case when o.known then ', ' || to_char(p.lice_after, 'FM990.00') || ' after.' else '.' end, '')
         end || coalesce(' ' || aquaseed._compose(v_words, 'treatment_' || p.kind, h.habit,
           v_note # s.assignment_key # p.day::bigint, jsonb_build_object('fish', d.fish_end,
             'average', round(d.weight_g::numeric), 'temperature', to_char(d.temperature_c, 'FM990.0'),
             'biomass', round((d.fish_end * d.weight_g / 1e6)::numeric, 1))), ''),
         case p.kind when 'vaccination' then v.dosage || ' a fish' else m.dosage end,
         case p.kind when 'vaccination' then v_vaccination.duration_days else v_delousing.duration_days end,
         case p.kind when 'vaccination' then v_vaccination.withholding_days else v_delousing_withheld end,
         case when not o.known then 'pending'
              when p.kind = 'vaccination' then
                case when aquaseed.u(v_draw # s.assignment_key, p.day) < v_vaccination.successful_share
                     then 'successful' else 'partial' end
              when o.reduction >= v_delousing.successful_from then 'successful'
              when o.reduction >= v_delousing.partial_from then 'partial'
              else 'unsuccessful' end,
         p_batch_no, p_batch_no * 100 + p.assignment_no, s.container_id,
         case when p.kind = 'vaccination' or m.treatment_type = 'medication' then y.vet_id else y.operator_id end,
         v.id, p.kind = 'vaccination' and aquaseed.u(v_draw # b.batch_key, p.round_no) < v_vaccination.weighing_share,
         e.sampling_event_id,
         -- Once it is written.
         (select j.id from public.health_journalentry j
          where j.id = p_batch_no * v_journal_block + p.round_no
            + case p.kind when 'vaccination' then 1000 else 2000 end)
  from aquaseed.procedure p
  join entry w on w.procedure_no = p.procedure_no
  join aquaseed.schedule_batch b on b.batch_no = p.batch_no
  join aquaseed.schedule_container s on s.batch_no = p.batch_no and s.assignment_no = p.assignment_no
  join duty y on y.life_stage_no = s.life_stage_no and y.day = p.day
  left join aquaseed.assignment_day d
    on d.batch_no = p.batch_no and d.assignment_no = p.assignment_no and d.day = p.day
  join aquaseed._site_habits(p_batch_no, p_seed) h on h.life_stage_no = s.life_stage_no
  left join vaccine v on p.kind = 'vaccination' and v.place = (p.round_no - 1) % v.vaccines
  left join method m on p.kind = 'delousing' and m.name = p.method
  cross join lateral (
    select b.days - 1 - p.day
             >= case p.kind when 'vaccination' then v_vaccination.outcome_days else v_delousing.outcome_days end
             as known,
           -- Where there was nothing to take off, it succeeded.
           coalesce(round((1 - p.lice_after / nullif(p.lice_before, 0)) * 1e6) / 1e6, 1) as reduction
  ) o
  cross join lateral (
    -- A sampling that was there when the treatment was written down; ids count the days of a container.
    select p_batch_no * v_sampling_block + p.assignment_no * 1000 + max(h.day) as sampling_event_id
    from sampling h
    where h.assignment_no = p.assignment_no and h.day between p.day - v_sampling_days and p.day
      and h.entry_day <= w.entry_day
  ) e
  where p.batch_no = p_batch_no and w.entry_day < b.days
  order by p.procedure_no;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('health_treatment', v_rows);
end
$$;

comment on function aquaseed._emit_treatments(integer, bigint) is
  'health_treatment of one batch as it stands at as_of: one per container and procedure, withholding in days.';
