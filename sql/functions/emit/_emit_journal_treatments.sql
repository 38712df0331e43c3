-- An entry of the health journal for each round of vaccinations or delousings, entered with the treatments of its first
-- day (_treatment_entries), closed some days after its last container.
create or replace function aquaseed._emit_journal_treatments(p_batch_no integer, p_seed bigint)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('health_journalentry');
  v_closed integer := aquaseed.number('health.journal.closed_after_days')::integer;
  -- Where the configuration has nobody of the role.
  v_text bigint := aquaseed.stream(p_seed, 'journal text');
  v_note bigint := aquaseed.stream(p_seed, 'journal note');
  v_words jsonb := aquaseed.setting_tree('health.words');
  v_empty aquaseed.between := aquaseed.settings('health.words.empty.closed', null::aquaseed.between);
  v_rows bigint;
begin
  insert into public.health_journalentry
    (id, entry_date, category, severity, description, resolution_status, resolution_notes, batch_id, container_id,
     user_id, created_at, updated_at)
  with duty as materialized (
    select x.life_stage_no, x.day, x.vet_id from aquaseed._duty(p_batch_no, p_seed) x
  ),
  -- That of the first container of a round.
  entry as materialized (
    select distinct on (t.kind, t.round_no) t.kind, t.round_no, t.life_stage_no, t.done, t.entered, t.entry_day
    from aquaseed._treatment_entries(p_batch_no, p_seed) t
    order by t.kind, t.round_no, t.day, t.procedure_no
  ),
  vaccine as (
    select v.name, row_number() over (order by m.no) - 1 as place, count(*) over () as vaccines
    from aquaseed.master_row m
    join public.health_vaccinationtype v on v.id = m.id
    where m.table_name = 'health_vaccinationtype'
  ),
  round as (
    select p.kind, p.round_no, min(p.day) as first_day, max(p.day) as last_day, count(*) as containers,
           min(p.method) as method, count(distinct p.method) as methods, bool_or(p.emergency) as emergency,
           avg(p.lice_before) as lice
    from aquaseed.procedure p
    where p.batch_no = p_batch_no
    group by p.kind, p.round_no
  )
  select p_batch_no * v_block + case r.kind when 'vaccination' then 1000 else 2000 end + r.round_no, w.at,
         case r.kind when 'vaccination' then 'vaccination' else 'treatment' end,
         case when r.emergency then 'high' when r.kind = 'delousing' then 'medium' else 'low' end,
         aquaseed._compose(v_words, r.kind, h.habit, x.key, n.numbers, case r.kind
           when 'vaccination' then 'Vaccination ' || r.round_no || ' of the batch begins: ' || v.name || ', '
             || r.containers || ' containers. No feed before, half ration after.'
           else case when r.emergency then 'Emergency delousing' else 'Delousing' end || ' ' || r.round_no
             || ' at sea begins: ' || case r.methods when 1 then r.method else 'several methods' end || ', '
             || r.containers || ' rings, ' || to_char(r.lice, 'FM990.00') || ' adult female lice a fish.'
         end),
         o.closed,
         case when o.closed and aquaseed.u(x.key, 0) >= aquaseed.evenly(v_empty, aquaseed.u(h.habit, 13)) then
           aquaseed._compose(v_words, 'closed', h.habit, ~x.key, n.numbers, aquaseed._pick_text(
             aquaseed.u(v_text # b.batch_key, 20000 + r.round_no + (r.kind = 'delousing')::integer * 1000),
             'health.journal.texts.treated'))
           else '' end,
         p_batch_no, null, u.vet_id, w.entered,
         case when o.closed then greatest(w.entered, w.at + make_interval(days => r.last_day - r.first_day + v_closed,
           mins => floor(120 * aquaseed.u(v_text # b.batch_key, 30000 + r.round_no))::integer)) else w.entered end
  from round r
  join aquaseed.schedule_batch b on b.batch_no = p_batch_no
  left join vaccine v on r.kind = 'vaccination' and v.place = (r.round_no - 1) % v.vaccines
  join entry e on e.kind = r.kind and e.round_no = r.round_no
  join aquaseed._site_habits(p_batch_no, p_seed) h on h.life_stage_no = e.life_stage_no
  cross join lateral (
    select v_note # b.batch_key # (20000 + r.round_no + (r.kind = 'delousing')::integer * 1000)::bigint as key
  ) x
  -- The fish of the round as they are on its first day.
  cross join lateral (
    select jsonb_build_object('fish', sum(d.fish_end), 'temperature', to_char(avg(d.temperature_c), 'FM990.0'),
             'average', round((sum(d.fish_end * d.weight_g) / nullif(sum(d.fish_end), 0))::numeric),
             'biomass', round((sum(d.fish_end * d.weight_g) / 1e6)::numeric, 1)) as numbers
    from aquaseed.procedure p
    join aquaseed.assignment_day d
      on d.batch_no = p.batch_no and d.assignment_no = p.assignment_no and d.day = r.first_day
    where p.batch_no = p_batch_no and p.kind = r.kind and p.round_no = r.round_no
  ) n
  left join duty u on u.life_stage_no = e.life_stage_no and u.day = r.first_day
  cross join lateral (
    select (b.start_date + r.first_day)::timestamp at time zone 'UTC' + make_interval(secs => e.done) as at,
           (b.start_date + r.first_day)::timestamp at time zone 'UTC' + make_interval(secs => e.entered) as entered
  ) w
  cross join lateral (select b.days - 1 - r.last_day >= v_closed as closed) o
  where e.entry_day < b.days
  order by r.kind desc, r.round_no;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed._emit_journal_treatments(integer, bigint) is
  'Entries of the health journal of one batch for its treatments. Returns the rows.';
