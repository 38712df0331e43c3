-- Readings of up to three parameters side by side, of every assignment of a sample (_sample_stays) by the index on
-- (container, parameter, time): at is UTC; a value is null where that sensor was not read. closed: the whole stay of
-- the assignment is there. 0.4 s for 113,000 readings of 3 parameters (2026-11).
create or replace function aquaseed._sample_readings(
  p_habitat text, p_first text, p_second text default null, p_third text default null
)
returns table (
  assignment_id bigint, batch_id bigint, life_stage_no integer, geography text, closed boolean, at timestamp,
  first_value double precision, second_value double precision, third_value double precision
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.assignment_id, s.batch_id, s.life_stage_no, s.geography, s.closed, e.at, e.first_value, e.second_value,
         e.third_value
  from aquaseed._sample_stays(p_habitat) s
  cross join lateral (
    select x.reading_time at time zone 'UTC' as at,
           max(x.value) filter (where p.name = p_first)::double precision as first_value,
           max(x.value) filter (where p.name = p_second)::double precision as second_value,
           max(x.value) filter (where p.name = p_third)::double precision as third_value
    from public.environmental_environmentalparameter p
    join public.environmental_environmentalreading x on x.container_id = s.container_id and x.parameter_id = p.id
    where p.name in (p_first, p_second, p_third)
      and x.reading_time >= s.from_date::timestamp at time zone 'UTC'
      and x.reading_time < s.to_date::timestamp at time zone 'UTC'
      and x.batch_container_assignment_id = s.assignment_id
    group by x.reading_time
  ) e
$$;

comment on function aquaseed._sample_readings(text, text, text, text) is
  'Readings of up to three parameters side by side, for the sample of assignments in a habitat (sea, freshwater).';
