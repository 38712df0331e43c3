-- A stay of a batch as incidents see it. Its days are those of its containers.
create or replace function aquaseed._stay_of_incidents(p_batch_no integer, p_life_stage_no integer)
returns aquaseed.incident_stay language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select b.batch_no, b.batch_key, b.batch_name, b.start_date, s.life_stage_no, g.name, t.habitat, t.meals_per_day,
         w.first_day, w.last_day, extract(year from b.start_date + w.first_day)::integer,
         extract(year from b.start_date + w.last_day)::integer, coalesce(h.noise_key, a.noise_key),
         coalesce(h.name, a.name)
  from aquaseed.schedule_stay s
  join aquaseed.schedule_batch b on b.batch_no = s.batch_no
  join aquaseed.geography g on g.geography_id = b.geography_id
  join aquaseed.life_stage t on t.life_stage_no = s.life_stage_no
  left join aquaseed.hall h on h.hall_id = s.hall_id
  left join aquaseed.area a on a.area_id = s.area_id
  cross join lateral (
    select min(x.first_day)::integer as first_day, max(x.last_day)::integer as last_day
    from aquaseed.assignment x
    join aquaseed.schedule_container c on c.batch_no = x.batch_no and c.assignment_no = x.assignment_no
    where x.batch_no = s.batch_no and c.life_stage_no = s.life_stage_no
  ) w
  where s.batch_no = p_batch_no and s.life_stage_no = p_life_stage_no
$$;

comment on function aquaseed._stay_of_incidents(integer, integer) is
  'A stay of a batch with its days, years and place, for the functions that draw incidents.';
