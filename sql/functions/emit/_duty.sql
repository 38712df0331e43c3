-- Who is on duty for a batch, per stage and day: an operator, a vet and a manager of the country, of the team of the
-- site (a station or a sea area), who take turns by the week. From 30 days before the stage to 60 after, for what is
-- planned and written down; a day more or less needs no other row. Where the configuration has nobody of a role in the
-- country, its user of old signs: operator_01, vet_01, manager_01.
create or replace function aquaseed._duty(p_batch_no integer, p_seed bigint)
returns table (life_stage_no smallint, day integer, operator_id integer, vet_id integer, manager_id integer)
language plpgsql stable rows 1500
set search_path = pg_catalog, pg_temp
as $$
declare
  v_team aquaseed.team := aquaseed.settings('work.team', null::aquaseed.team);
  v_operator integer := aquaseed._user_id('operator_01');
  v_vet integer := aquaseed._user_id('vet_01');
  v_manager integer := aquaseed._user_id('manager_01');
  v_team_draw bigint := aquaseed.stream(p_seed, 'team');
  v_duty_draw bigint := aquaseed.stream(p_seed, 'duty');
begin
  return query
  with site as (
    select s.life_stage_no, t.habitat, b.geography_id, b.start_date, s.start_day, s.end_day,
           case when s.area_id is not null then a.noise_key else aquaseed.noise_key(st.name) end as site_key
    from aquaseed.schedule_stay s
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    join aquaseed.life_stage t on t.life_stage_no = s.life_stage_no
    left join aquaseed.area a on a.area_id = s.area_id
    left join public.infrastructure_hall h on h.id = s.hall_id
    left join public.infrastructure_freshwaterstation st on st.id = h.freshwater_station_id
    where s.batch_no = p_batch_no
  ),
  post as (
    select s.life_stage_no, s.site_key, s.geography_id, s.habitat, r.role, r.role_no, p.people,
           least(r.team, p.people) as team,
           floor(aquaseed.u(v_team_draw # s.site_key, r.role_no) * p.people)::integer as first_no
    from site s
    cross join (values ('OPR', 1, v_team.operators), ('VET', 2, v_team.vets), ('MGR', 3, v_team.managers))
      r(role, role_no, team)
    join (
      select x.geography_id, x.habitat, x.role, count(*)::integer as people from aquaseed.person x group by 1, 2, 3
    ) p on p.geography_id = s.geography_id and p.habitat = s.habitat and p.role = r.role
  ),
  week as (
    -- Day 3 of the time axis is a Monday.
    select s.life_stage_no, s.start_date, w.week_no,
           coalesce(max(p.user_id) filter (where o.role_no = 1), v_operator) as operator_id,
           coalesce(max(p.user_id) filter (where o.role_no = 2), v_vet) as vet_id,
           coalesce(max(p.user_id) filter (where o.role_no = 3), v_manager) as manager_id
    from site s
    cross join lateral generate_series((aquaseed.day_no(s.start_date) + s.start_day - 30 + 4) / 7,
                                       (aquaseed.day_no(s.start_date) + s.end_day + 60 + 4) / 7) w(week_no)
    left join post o on o.life_stage_no = s.life_stage_no
    left join aquaseed.person p
      on p.geography_id = o.geography_id and p.habitat = o.habitat and p.role = o.role
        and p.no = (o.first_no
          + floor(aquaseed.u(v_duty_draw # o.site_key, w.week_no * 10 + o.role_no) * o.team)::integer) % o.people
    group by 1, 2, 3
  )
  select w.life_stage_no, 7 * w.week_no - 4 + d.no - aquaseed.day_no(w.start_date), w.operator_id, w.vet_id,
         w.manager_id
  from week w
  cross join generate_series(0, 6) d(no);
end
$$;

comment on function aquaseed._duty(integer, bigint) is
  'Per stage and batch day: users on duty at the site of a batch (operator, vet, manager), by week.';
