-- Seals at a ring: some fish are bitten, others leave through the hole.
create or replace function aquaseed._draw_predator(p_stay aquaseed.incident_stay, p_seed bigint)
returns setof aquaseed.drawn_incident language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_rate double precision := aquaseed.number('incidents.predator.per_ring_year');
  v_dead aquaseed.between := aquaseed.settings('incidents.predator.dead', null::aquaseed.between);
  v_draw bigint := aquaseed.stream(p_seed, 'predator');
begin
  return query
  select 'predator', c.assignment_no, null::smallint, null::smallint,
         make_date(y.no, 1, 1) + floor(aquaseed.u(k.key, y.no * 10 + 1) * 365)::integer - p_stay.start_date, 3,
         aquaseed.evenly(v_dead, aquaseed.u(k.key, y.no * 10 + 2)), null::double precision, r.name, k.key # y.no,
         'Hole in the net: seals'
  from generate_series(p_stay.first_year - 1, p_stay.last_year) y(no)
  cross join aquaseed.schedule_container c
  join aquaseed.container r on r.container_id = c.container_id
  cross join lateral (select v_draw # r.noise_key as key) k
  where c.batch_no = p_stay.batch_no and c.life_stage_no = p_stay.life_stage_no and p_stay.habitat = 'sea'
    and aquaseed.u(k.key, y.no * 10) < v_rate;
end
$$;

comment on function aquaseed._draw_predator(aquaseed.incident_stay, bigint) is
  'Seals, by ring and year.';
