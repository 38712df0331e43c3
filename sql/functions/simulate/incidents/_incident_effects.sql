-- What the incidents of a stage do to the fish of a container, day by day, as aquaseed.list_incident_kinds says: extra
-- hazard by cause, a factor on the background hazard (disease: rising, then fading), a factor on growth (and so on
-- feed), days without feed, gales. Days that kill differ, the same at all places that meet the incident; all of them
-- together kill the share that it says. One row per container and day on which one of them lasts.
create or replace function aquaseed._incident_effects(p_batch_no integer, p_life_stage_no integer)
returns table (
  assignment_no smallint, day integer, environmental double precision, predation double precision,
  disease double precision, growth double precision, fasting boolean, gale boolean
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rise double precision := aquaseed.number('incidents.disease.rise_days');
  v_appetite double precision := aquaseed.number('incidents.disease.appetite');
  v_some double precision := aquaseed.number('incidents.water_treatment.dead');
  v_day_sd double precision := aquaseed.number('biology.mortality.incident_day_sd');
begin
  return query
  select c.assignment_no, d.day,
         sum(h.hazard order by x.incident_no) filter (where x.cause = 'ENVIRONMENTAL'),
         sum(h.hazard order by x.incident_no) filter (where x.cause = 'PREDATION'),
         max(case when x.deaths = 'factor' then 1 + (x.size - 1) * case when d.day - x.from_day < v_rise
               then (d.day - x.from_day + 1) / v_rise
               else exp(-3 * (d.day - x.from_day - v_rise) / (x.days - v_rise)) end end),
         min(case x.effect when 'disease' then v_appetite when 'short_feed' then 1 - x.size else 1 end),
         bool_or(x.effect = 'gale' or x.effect = 'short_feed' and x.size = 1), bool_or(x.effect = 'gale')
  from (
    select i.*, k.effect, k.deaths, k.cause, i.to_day - i.from_day + 1 as days,
           (select sum(exp(v_day_sd * aquaseed.z(i.incident_key, o.n)))
            from generate_series(0, i.to_day - i.from_day) o(n) where k.deaths in ('share', 'some')) as weight
    from aquaseed.incident i
    join aquaseed.list_incident_kinds() k on k.kind = i.kind
    where i.batch_no = p_batch_no and i.life_stage_no = p_life_stage_no
      and (k.deaths is not null or k.effect = 'short_feed')
  ) x
  join aquaseed.assignment a on a.batch_no = p_batch_no and a.assignment_no = coalesce(x.assignment_no, a.assignment_no)
  join aquaseed.schedule_container c
    on c.batch_no = a.batch_no and c.assignment_no = a.assignment_no and c.life_stage_no = p_life_stage_no
  cross join lateral
    generate_series(greatest(x.from_day, a.first_day)::integer, least(x.to_day, a.last_day)::integer) d(day)
  cross join lateral (
    select case x.deaths
             when 'share' then -ln(1 - x.size) * o.weight / x.weight
             when 'share_at_end' then case when d.day = x.to_day then -ln(1 - x.size) else 0 end
             when 'some' then v_some * o.weight / x.weight
           end as hazard
    from (select exp(v_day_sd * aquaseed.z(x.incident_key, d.day - x.from_day)) as weight) o
  ) h
  group by c.assignment_no, d.day;
end
$$;

comment on function aquaseed._incident_effects(integer, integer) is
  'Per container and day of incidents in a stage: hazard of environment and predators, disease, growth, fasting, gale.';
