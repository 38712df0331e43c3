-- Adds the batches of a schedule (the YAML file as JSON) that are not loaded yet, for a run with the given end of
-- history. Their slices are there. Refuses overlaps: by the exclusion constraint, or by query where btree_gist is not
-- offered.
create or replace function aquaseed._add_batches(p_schedule jsonb, p_as_of date)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known integer := (select count(*) from aquaseed.schedule_batch);
  v_batches integer;
  v_clash record;
begin
  insert into aquaseed.schedule_batch
    (batch_no, batch_name, batch_key, geography_id, slice, start_date, eggs, days, life_days, harvest_target_g)
  select b.ordinality, b.value ->> 'batch_id', aquaseed.noise_key(b.value ->> 'batch_id'), g.geography_id, s.slice,
         d.start_date, (b.value ->> 'eggs')::integer,
         greatest(0, least(
           (b.value ->> 'effective_duration')::integer,
           p_as_of - d.start_date,
           -- A duration below what the as_of that the batch was written with allows was shortened by hand: keep
           -- it. In an extended file earlier batches were written with an earlier as_of (metadata.extended).
           case when (b.value ->> 'duration')::integer < least((b.value ->> 'effective_duration')::integer,
                       coalesce(w.as_of, (p_schedule #>> '{metadata,as_of}')::date) - d.start_date)
                then (b.value ->> 'duration')::integer end)),
         (b.value ->> 'effective_duration')::integer,
         (b.value ->> 'harvest_target_kg')::double precision * 1000
  from jsonb_array_elements(p_schedule -> 'batches') with ordinality b(value, ordinality)
  cross join lateral (select (b.value ->> 'start_date')::date as start_date) d
  left join lateral (
    select (e.value ->> 'as_of')::date as as_of
    from jsonb_array_elements(p_schedule #> '{metadata,extended}') with ordinality e(value, ordinality)
    where b.ordinality <= (e.value ->> 'batches')::integer
    order by e.ordinality
    limit 1
  ) w on true
  join aquaseed.geography g on g.name = b.value ->> 'geography'
  join aquaseed.slice s on b.ordinality between s.first_batch_no and s.last_batch_no
  where b.ordinality > v_known;
  v_batches := (select count(*) from aquaseed.schedule_batch);
  if v_batches <> jsonb_array_length(p_schedule -> 'batches') then
    raise exception 'schedule names a geography or a slice that is not there (% of % batches loaded)',
      v_batches, jsonb_array_length(p_schedule -> 'batches')
      using errcode = 'AQ003', hint = 'Run: aquaseed validate <schedule>.';
  end if;

  perform aquaseed._fill_work_days();
  perform aquaseed._check_object_ids(v_batches);
  perform aquaseed._require_places(p_schedule);

  insert into aquaseed.schedule_stay (batch_no, life_stage_no, hall_id, area_id, start_day, end_day)
  select p.batch_no, p.life_stage_no, h.hall_id, a.area_id,
         (p.place ->> 'start_day')::smallint, (p.place ->> 'end_day')::smallint
  from aquaseed._list_places(p_schedule) p
  left join aquaseed.hall h on h.name = p.place ->> 'hall'
  left join aquaseed.area a on a.name = p.place ->> 'area'
  where p.batch_no > v_known;

  begin
    insert into aquaseed.schedule_container
      (batch_no, assignment_no, life_stage_no, container_id, period, assignment_key)
    select p.batch_no, row_number() over (partition by p.batch_no order by p.life_stage_no, n.ordinality) - 1,
           p.life_stage_no, c.container_id,
           daterange(b.start_date + (p.place ->> 'start_day')::integer,
                     b.start_date + (p.place ->> 'end_day')::integer),
           pg_catalog.hashint8extended(c.noise_key, b.batch_key)
    from aquaseed._list_places(p_schedule) p
    join aquaseed.schedule_batch b on b.batch_no = p.batch_no
    cross join lateral jsonb_array_elements_text(coalesce(p.place -> 'containers', p.place -> 'rings'))
      with ordinality n(name, ordinality)
    left join aquaseed.container c on c.name = n.name
    where p.batch_no > v_known;
  exception when exclusion_violation then
    raise exception 'schedule puts two batches into one container on one day: %', sqlerrm
      using errcode = 'AQ003', hint = 'Run: aquaseed validate <schedule>.';
  end;

  -- The same rule by query, for servers without btree_gist.
  select x.batch_no as first_no, y.batch_no as second_no, x.container_id, x.period into v_clash
  from (
    select s.*, lead(s.period) over w as next_period, lead(s.batch_no) over w as next_no
    from aquaseed.schedule_container s
    window w as (partition by s.container_id order by lower(s.period), s.batch_no)
  ) x
  cross join lateral (select x.next_no as batch_no) y
  where x.period && x.next_period
  order by x.batch_no, x.container_id
  limit 1;
  if found then
    raise exception 'schedule puts batches % and % into container % on one day',
      v_clash.first_no, v_clash.second_no, v_clash.container_id
      using errcode = 'AQ003', hint = 'Run: aquaseed validate <schedule>.';
  end if;
  return v_batches;
end
$$;

comment on function aquaseed._add_batches(jsonb, date) is
  'Load the batches of a schedule that follow those already loaded. Returns how many are loaded in all. Refuses a '
  'container with two batches on one day and more batches than ids allow (AQ003).';
