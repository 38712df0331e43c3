-- Refuses a schedule unless its first batches are those that are loaded, in the same places and on the same days.
create or replace function aquaseed._require_extension(p_schedule jsonb, p_seed bigint)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_wrong text;
begin
  if (p_schedule #>> '{metadata,seed}')::bigint is distinct from p_seed then
    raise exception 'the schedule has another seed than the run, % instead of %', p_schedule #>> '{metadata,seed}',
      p_seed
      using errcode = 'AQ003', hint = 'Extend the schedule that was generated: aquaseed plan --extend <schedule>.';
  end if;
  select b.batch_name into v_wrong
  from aquaseed.schedule_batch b
  left join jsonb_array_elements(p_schedule -> 'batches') with ordinality n(value, batch_no) on n.batch_no = b.batch_no
  where (b.batch_name, b.start_date, b.eggs, b.life_days) is distinct from
        (n.value ->> 'batch_id', (n.value ->> 'start_date')::date, (n.value ->> 'eggs')::integer,
         (n.value ->> 'effective_duration')::integer)
  order by b.batch_no
  limit 1;
  if v_wrong is null then
    select b.batch_name into v_wrong
    from (
      select s.batch_no, s.life_stage_no, s.start_day::integer, s.end_day::integer,
             array_agg(k.name order by k.name collate "C") as places
      from aquaseed.schedule_stay s
      join aquaseed.schedule_container c on c.batch_no = s.batch_no and c.life_stage_no = s.life_stage_no
      join aquaseed.container k on k.container_id = c.container_id
      group by s.batch_no, s.life_stage_no, s.start_day, s.end_day
    ) h
    full join (
      select p.batch_no, p.life_stage_no, (p.place ->> 'start_day')::integer as start_day,
             (p.place ->> 'end_day')::integer as end_day, array_agg(n.name order by n.name collate "C") as places
      from aquaseed._list_places(p_schedule) p
      cross join lateral jsonb_array_elements_text(coalesce(p.place -> 'containers', p.place -> 'rings')) n(name)
      group by 1, 2, 3, 4
    ) x on x.batch_no = h.batch_no and x.life_stage_no = h.life_stage_no
    join aquaseed.schedule_batch b on b.batch_no = coalesce(h.batch_no, x.batch_no)
    where (h.start_day, h.end_day, h.places) is distinct from (x.start_day, x.end_day, x.places)
    order by b.batch_no
    limit 1;
  end if;
  if v_wrong is not null then
    raise exception 'the schedule is no extension of the one that was generated: batch % is another', v_wrong
      using errcode = 'AQ003', hint = 'Extend the schedule that was generated: aquaseed plan --extend <schedule>.';
  end if;
end
$$;

comment on function aquaseed._require_extension(jsonb, bigint) is
  'Refuse a schedule that does not begin with the batches that are loaded (AQ003).';
