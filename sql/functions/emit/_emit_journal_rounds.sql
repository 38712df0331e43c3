-- The routine entries of the health journal: every so many days, on that day or the next that is worked on
-- (_task_days), one container in turn, written from what is to be seen there. Matters are closed with notes in time.
create or replace function aquaseed._emit_journal_rounds(p_batch_no integer, p_seed bigint)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('health_journalentry');
  v_journal aquaseed.journal := aquaseed.settings('health.journal', null::aquaseed.journal);
  v_look aquaseed.journal_mortality := v_journal.mortality;
  -- Where the configuration has nobody of the role.
  v_turn bigint := aquaseed.stream(p_seed, 'journal turn');
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
    select x.life_stage_no, x.day, x.operator_id, x.vet_id from aquaseed._duty(p_batch_no, p_seed) x
  ),
  visit as (
    select c.*
    from (
      select distinct on (d.day, d.assignment_no)
             d.day, d.assignment_no, d.life_stage_no, d.container_id, d.fish_end, d.temperature_c,
             (d.feed_1_g + d.feed_2_g) / 1000.0 as feed_kg, d.fish_end * d.weight_g / 1e6 as biomass_t,
             e.done, e.late, e.entered, t.day / v_journal.every_days as turn,
             row_number() over w - 1 as place, count(*) over (partition by t.day) as containers
      from aquaseed._task_days(p_batch_no, p_seed) t
      join aquaseed.assignment_day d
        on d.batch_no = p_batch_no and d.life_stage_no = t.life_stage_no and d.day = t.task_day and d.fish_end > 0
      join aquaseed._entry_times(p_batch_no, p_seed, 'journal', 'inspection') e
        on e.life_stage_no = t.life_stage_no and e.day = t.task_day
      where t.day > 0 and t.day % v_journal.every_days = 0
      window w as (partition by t.day order by d.assignment_no)
      order by d.day, d.assignment_no, t.day
    ) c
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    where c.place = (c.turn + floor(1000 * aquaseed.u(v_turn, b.batch_key))::integer) % c.containers
      and c.day + c.late < b.days
  ),
  seen as (
    select v.day, v.life_stage_no, v.done, v.late, v.entered, b.start_date + v.day as on_date, b.days, b.batch_key,
           v.container_id, v.temperature_c, v.fish_end, v.feed_kg, v.biomass_t, w.habit,
           c.name as container, t.life_stage_key, n.name as stage, t.habitat, coalesce(l.adult_female, 0) as lice,
           m.deaths, m.days_counted,
           m.deaths / (greatest(v.fish_end, 1) * m.days_counted) / (-ln(g.survival) / t.survival_days) as ratio,
           -- What was done to them lately.
           (select p.kind from aquaseed.procedure p
            where p.batch_no = p_batch_no and p.assignment_no = v.assignment_no
              and v.day - p.day between 1 and v_journal.after_treatment_days
            order by p.day desc limit 1) as treated
    from visit v
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    join aquaseed.container c on c.container_id = v.container_id
    join aquaseed.life_stage t on t.life_stage_no = v.life_stage_no
    join aquaseed._site_habits(p_batch_no, p_seed) w on w.life_stage_no = v.life_stage_no
    join public.batch_lifecyclestage n on n.id = t.stage_id
    join aquaseed.life_stage_geography g on g.life_stage_no = v.life_stage_no and g.geography_id = b.geography_id
    left join aquaseed.lice_day l on l.batch_no = p_batch_no and l.assignment_no = v.assignment_no and l.day = v.day
    cross join lateral (
      select sum(x.deaths)::double precision as deaths, count(*) as days_counted
      from aquaseed.assignment_day x
      where x.batch_no = p_batch_no and x.assignment_no = v.assignment_no
        and x.day between v.day - v_look.days + 1 and v.day
    ) m
  ),
  judged as (
    select s.*,
           -- Deaths of the move say nothing about what comes.
           case when s.days_counted < v_look.days then 'after_transfer'
                when round(s.ratio * 1e6) / 1e6 >= v_look.high then 'high_mortality'
                when round(s.ratio * 1e6) / 1e6 >= v_look.raised then 'raised_mortality'
                when s.treated = 'vaccination' then 'after_vaccination'
                when s.treated = 'delousing' then 'after_delousing'
                when s.lice >= v_journal.lice then 'lice'
                when s.habitat = 'sea' and extract(month from s.on_date) = any (v_journal.winter_months)
                     and aquaseed.u(v_text # s.batch_key, -s.day) < 0.5 then 'winter'
                when s.habitat = 'sea' and extract(month from s.on_date) = any (v_journal.autumn_months)
                     and aquaseed.u(v_text # s.batch_key, -s.day) < 0.5 then 'autumn'
                else s.life_stage_key end as occasion
    from seen s
  )
  select p_batch_no * v_block + j.day, w.at,
         case when j.occasion in ('raised_mortality', 'high_mortality', 'lice') then 'issue' else 'observation' end,
         case j.occasion when 'high_mortality' then 'high' when 'raised_mortality' then 'medium'
           when 'lice' then 'medium' else 'low' end,
         aquaseed._compose(v_words,
           case when j.feed_kg = 0 then 'round_unfed' when j.habitat = 'sea' then 'round_sea'
             else 'round_freshwater' end,
           j.habit, v_note # j.batch_key # j.day::bigint, n.numbers,
           aquaseed._pick_text(aquaseed.u(v_text # j.batch_key, j.day), 'health.journal.texts', j.occasion)),
         r.closed,
         case when r.closed
                and aquaseed.u(v_note # j.batch_key, j.day) >= aquaseed.evenly(v_empty, aquaseed.u(j.habit, 13)) then
           aquaseed._compose(v_words, 'closed', j.habit, v_note # j.batch_key # (10000 + j.day)::bigint, n.numbers,
             aquaseed._pick_text(aquaseed.u(v_text # j.batch_key, j.day + 10000), 'health.journal.texts.closed'))
           else '' end,
         p_batch_no, j.container_id, case when j.occasion like '%mortality' then u.vet_id
           else u.operator_id end, w.entered,
         case when r.closed then greatest(w.entered, w.at + make_interval(days => v_journal.closed_after_days,
           mins => floor(120 * aquaseed.u(v_text # j.batch_key, j.day + 20000))::integer)) else w.entered end
  from judged j
  left join duty u on u.life_stage_no = j.life_stage_no and u.day = j.day
  cross join lateral (
    select j.on_date::timestamp at time zone 'UTC' + make_interval(secs => j.done) as at,
           j.on_date::timestamp at time zone 'UTC' + make_interval(secs => j.entered) as entered
  ) w
  cross join lateral (
    select jsonb_build_object('container', j.container, 'stage', j.stage, 'deaths', j.deaths::integer,
             'days', j.days_counted, 'lice', to_char(j.lice, 'FM990.00'), 'fish', j.fish_end,
             'temperature', to_char(j.temperature_c, 'FM990.0'), 'feed', round(j.feed_kg::numeric, 1),
             'biomass', round(j.biomass_t::numeric, 1)) as numbers
  ) n
  cross join lateral (select j.days - 1 - j.day >= v_journal.closed_after_days as closed) r
  order by j.day;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed._emit_journal_rounds(integer, bigint) is
  'Routine entries of the health journal of one batch. Returns the rows.';
