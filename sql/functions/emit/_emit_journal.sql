-- The health journal: an entry every so many days for one container in turn, written from what is to be seen there, one
-- for each round of vaccinations or delousings, and one for each incident. Matters are closed with notes in time.
-- Ids: routine 0..999 (batch day), vaccinations 1000 + round, delousings 2000 + round, incidents from 3000 in their order.
create or replace function aquaseed._emit_journal(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('health_journalentry');
  v_every integer := aquaseed.number('health.journal.every_days')::integer;
  v_back integer := aquaseed.number('health.journal.mortality.days')::integer;
  v_raised double precision := aquaseed.number('health.journal.mortality.raised');
  v_high double precision := aquaseed.number('health.journal.mortality.high');
  v_lice double precision := aquaseed.number('health.journal.lice');
  v_treated integer := aquaseed.number('health.journal.after_treatment_days')::integer;
  v_closed integer := aquaseed.number('health.journal.closed_after_days')::integer;
  v_winter integer[] := (select array_agg(s.number::integer) from aquaseed.setting s
                         where s.path like 'health.journal.winter\_months.%');
  v_autumn integer[] := (select array_agg(s.number::integer) from aquaseed.setting s
                         where s.path like 'health.journal.autumn\_months.%');
  v_operator integer := aquaseed._user_id('operator_01');
  v_vet integer := aquaseed._user_id('vet_01');
  v_turn bigint := aquaseed.stream(p_seed, 'journal turn');
  v_text bigint := aquaseed.stream(p_seed, 'journal text');
  v_incidents bigint;
  v_rows bigint;
  v_all bigint := 0;
begin
  insert into public.health_journalentry
    (id, entry_date, category, severity, description, resolution_status, resolution_notes, batch_id, container_id, user_id,
     created_at, updated_at)
  with visit as (
    select c.*
    from (
      select d.day, d.assignment_no, d.stage_order, d.container_id, d.fish_end, d.temperature_c,
             row_number() over w - 1 as place, count(*) over (partition by d.day) as containers
      from aquaseed.assignment_day d
      join aquaseed.schedule_batch b on b.batch_no = d.batch_no
      where d.batch_no = p_batch_no and d.day < b.days and d.day > 0 and d.day % v_every = 0 and d.fish_end > 0
      window w as (partition by d.day order by d.assignment_no)
    ) c
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    where c.place = (c.day / v_every + floor(1000 * aquaseed.u(v_turn, b.batch_key))::integer) % c.containers
  ),
  seen as (
    select v.day, b.start_date + v.day as on_date, b.days, b.batch_key, v.container_id, v.temperature_c, c.name as container,
           t.stage_key, n.name as stage, t.habitat, coalesce(l.adult_female, 0) as lice, m.deaths, m.days_counted,
           m.deaths / (greatest(v.fish_end, 1) * m.days_counted) / (-ln(g.survival) / t.survival_days) as ratio,
           -- What was done to them lately.
           (select p.kind from aquaseed.procedure p
            where p.batch_no = p_batch_no and p.assignment_no = v.assignment_no and v.day - p.day between 1 and v_treated
            order by p.day desc limit 1) as treated
    from visit v
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no
    join aquaseed.container c on c.container_id = v.container_id
    join aquaseed.stage t on t.stage_order = v.stage_order
    join public.batch_lifecyclestage n on n.id = t.stage_id
    join aquaseed.stage_geography g on g.stage_order = v.stage_order and g.geography_id = b.geography_id
    left join aquaseed.lice_day l on l.batch_no = p_batch_no and l.assignment_no = v.assignment_no and l.day = v.day
    cross join lateral (
      select sum(x.deaths)::double precision as deaths, count(*) as days_counted
      from aquaseed.assignment_day x
      where x.batch_no = p_batch_no and x.assignment_no = v.assignment_no and x.day between v.day - v_back + 1 and v.day
    ) m
  ),
  judged as (
    select s.*,
           -- Deaths of the move say nothing about what comes.
           case when s.days_counted < v_back then 'after_transfer'
                when round(s.ratio * 1e6) / 1e6 >= v_high then 'high_mortality'
                when round(s.ratio * 1e6) / 1e6 >= v_raised then 'raised_mortality'
                when s.treated = 'vaccination' then 'after_vaccination'
                when s.treated = 'delousing' then 'after_delousing'
                when s.lice >= v_lice then 'lice'
                when s.habitat = 'sea' and extract(month from s.on_date) = any (v_winter)
                     and aquaseed.u(v_text # s.batch_key, -s.day) < 0.5 then 'winter'
                when s.habitat = 'sea' and extract(month from s.on_date) = any (v_autumn)
                     and aquaseed.u(v_text # s.batch_key, -s.day) < 0.5 then 'autumn'
                else s.stage_key end as occasion
    from seen s
  )
  select p_batch_no * v_block + j.day, w.at,
         case when j.occasion in ('raised_mortality', 'high_mortality', 'lice') then 'issue' else 'observation' end,
         case j.occasion when 'high_mortality' then 'high' when 'raised_mortality' then 'medium' when 'lice' then 'medium'
           else 'low' end,
         replace(replace(replace(replace(replace(replace(
           aquaseed._pick_text('health.journal.texts.' || j.occasion, aquaseed.u(v_text # j.batch_key, j.day)),
           '{container}', j.container), '{stage}', j.stage), '{deaths}', j.deaths::integer::text),
           '{days}', j.days_counted::text), '{lice}', to_char(j.lice, 'FM990.00')),
           '{temperature}', to_char(j.temperature_c, 'FM990.0')),
         r.closed,
         case when r.closed then
           aquaseed._pick_text('health.journal.texts.closed', aquaseed.u(v_text # j.batch_key, j.day + 10000)) else '' end,
         p_batch_no, j.container_id, case when j.occasion like '%mortality' then v_vet else v_operator end, w.at,
         case when r.closed then w.at + make_interval(days => v_closed) else w.at end
  from judged j
  cross join lateral (select (j.on_date + time '08:30') at time zone 'UTC' as at) w
  cross join lateral (select j.days - 1 - j.day >= v_closed as closed) r
  order by j.day;
  get diagnostics v_rows = row_count;
  v_all := v_all + v_rows;

  insert into public.health_journalentry
    (id, entry_date, category, severity, description, resolution_status, resolution_notes, batch_id, container_id, user_id,
     created_at, updated_at)
  with vaccine as (
    select v.name, row_number() over (order by v.id) - 1 as place, count(*) over () as vaccines
    from public.health_vaccinationtype v
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
         case r.kind
           when 'vaccination' then 'Vaccination ' || r.round_no || ' of the batch begins: ' || v.name || ', '
             || r.containers || ' containers. No feed before, half ration after.'
           else case when r.emergency then 'Emergency delousing' else 'Delousing' end || ' ' || r.round_no
             || ' at sea begins: ' || case r.methods when 1 then r.method else 'several methods' end || ', ' || r.containers
             || ' rings, ' || to_char(r.lice, 'FM990.00') || ' adult female lice a fish.'
         end,
         o.closed,
         case when o.closed then aquaseed._pick_text(
           'health.journal.texts.treated',
           aquaseed.u(v_text # b.batch_key, 20000 + r.round_no + (r.kind = 'delousing')::integer * 1000)) else '' end,
         p_batch_no, null, v_vet, w.at,
         case when o.closed then w.at + make_interval(days => r.last_day - r.first_day + v_closed) else w.at end
  from round r
  join aquaseed.schedule_batch b on b.batch_no = p_batch_no
  left join vaccine v on r.kind = 'vaccination' and v.place = (r.round_no - 1) % v.vaccines
  cross join lateral (select (b.start_date + r.first_day + time '08:00') at time zone 'UTC' as at) w
  cross join lateral (select b.days - 1 - r.last_day >= v_closed as closed) o
  where r.first_day < b.days
  order by r.kind desc, r.round_no;
  get diagnostics v_rows = row_count;
  v_all := v_all + v_rows;

  -- Incidents are numbered over the whole life of the batch, so that ids do not depend on as_of.
  v_incidents := (
    select count(*)
    from aquaseed.incident i
    join aquaseed.setting s on s.path = 'health.journal.incident_severity.' || i.kind || '.high'
    where i.batch_no = p_batch_no
  );
  if 3000 + v_incidents >= v_block then
    raise exception 'batch % has % incidents for the journal, at most % fit', p_batch_no, v_incidents, v_block - 3001
      using errcode = 'AQ002', hint = 'Lower the rates in incidents.yaml.';
  end if;
  insert into public.health_journalentry
    (id, entry_date, category, severity, description, resolution_status, resolution_notes, batch_id, container_id, user_id,
     created_at, updated_at)
  with bound as (
    select split_part(s.path, '.', 4) as kind,
           max(s.number) filter (where split_part(s.path, '.', 5) = 'medium') as medium,
           max(s.number) filter (where split_part(s.path, '.', 5) = 'high') as high
    from aquaseed.setting s
    where starts_with(s.path, 'health.journal.incident_severity.')
    group by 1
  ),
  -- An incident of a place may have begun before the fish came, and go on when they have left.
  happened as (
    select i.incident_no, i.kind, i.place, i.detail, i.incident_key, s.container_id,
           row_number() over (order by i.incident_no) - 1 as no,
           greatest(i.from_day, a.first_day, g.start_day)::integer as from_day,
           least(i.to_day, a.last_day, g.end_day - 1)::integer as to_day, i.assignment_no,
           -- high below medium: the smaller, the worse.
           case when x.high >= x.medium then i.size >= x.high else i.size <= x.high end as grave,
           case when x.high >= x.medium then i.size >= x.medium else i.size <= x.medium end as notable
    from aquaseed.incident i
    join bound x on x.kind = i.kind
    join aquaseed.schedule_stage g on g.batch_no = i.batch_no and g.stage_order = i.stage_order
    left join aquaseed.assignment a on a.batch_no = i.batch_no and a.assignment_no = i.assignment_no
    left join aquaseed.schedule_container s on s.batch_no = i.batch_no and s.assignment_no = i.assignment_no
    where i.batch_no = p_batch_no
  )
  select p_batch_no * v_block + 3000 + h.no, w.at, 'issue',
         case when h.grave then 'high' when h.notable then 'medium' else 'low' end,
         replace(replace(
           aquaseed._pick_text('health.journal.texts.incident.' || h.kind, aquaseed.u(v_text # h.incident_key, h.incident_no)),
           '{place}', h.place), '{detail}', h.detail),
         o.over,
         case when o.over then aquaseed._pick_text(
           'health.journal.texts.incident_over.' || h.kind, aquaseed.u(v_text # h.incident_key, -1 - h.incident_no)) else '' end,
         p_batch_no, h.container_id,
         case when h.kind in ('disease', 'algae', 'jellyfish', 'lice_wave') then v_vet else v_operator end,
         w.at, case when o.over then (b.start_date + h.to_day + time '16:00') at time zone 'UTC' else w.at end
  from happened h
  join aquaseed.schedule_batch b on b.batch_no = p_batch_no
  cross join lateral (select (b.start_date + h.from_day + time '12:00') at time zone 'UTC' as at) w
  cross join lateral (select h.to_day < b.days as over) o
  where h.from_day < b.days
    -- Nobody writes about a ring that is empty by then.
    and exists (select from aquaseed.assignment_day d
                where d.batch_no = p_batch_no and d.day = h.from_day and d.fish_end > 0
                  and (h.assignment_no is null or d.assignment_no = h.assignment_no))
  order by h.incident_no;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('health_journalentry', v_all + v_rows);
end
$$;

comment on function aquaseed._emit_journal(integer, bigint) is
  'health_journalentry of one batch as it stands at as_of: routine rounds, treatments, incidents.';
