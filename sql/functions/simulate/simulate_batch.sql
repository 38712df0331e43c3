-- Stage simulate, one batch: the daily truth of its whole life and what it takes from the feed stores.
-- About 9,000 days of containers a batch, and at sea half as many of lice: 0.37 s of a busy core (2026-11). Plans are
-- generic: planned anew for each stage, they took a tenth of the time.
create or replace function aquaseed.simulate_batch(p_run_id integer, p_batch_no integer)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_seed bigint := (select r.seed from aquaseed.run r where r.run_id = p_run_id);
  v_stay record;
  v_days bigint := 0;
  v_demand bigint;
begin
  -- Six stages, one after the other: a stage starts with the fish that the one before left.
  for v_stay in
    select s.life_stage_no from aquaseed.schedule_stay s where s.batch_no = p_batch_no order by s.life_stage_no
  loop
    perform aquaseed._plan_moves(p_batch_no, v_stay.life_stage_no + 1, v_seed);
    perform aquaseed._place_fish(p_batch_no, v_stay.life_stage_no, v_seed);
    perform aquaseed._plan_incidents(p_batch_no, v_stay.life_stage_no, v_seed);
    perform aquaseed._plan_procedures(p_batch_no, v_stay.life_stage_no, v_seed);
    v_days := v_days + aquaseed._simulate_stay(p_batch_no, v_stay.life_stage_no, v_seed);
  end loop;

  -- Rings of a barge are added up before the days fall into halves: half the rows to sort.
  insert into aquaseed.feed_demand (feed_container_id, feed_id, half, batch_no, grams)
  with place as materialized (
    select s.assignment_no, c.feed_container_id
    from aquaseed.schedule_container s
    join aquaseed.container c on c.container_id = s.container_id
    where s.batch_no = p_batch_no
  ),
  fed as (
    select c.feed_container_id, d.day, d.pellet_1, d.pellet_2, sum(d.feed_1_g) as feed_1_g, sum(d.feed_2_g) as feed_2_g
    from aquaseed.assignment_day d
    join place c on c.assignment_no = d.assignment_no
    where d.batch_no = p_batch_no and d.feed_1_g + d.feed_2_g > 0
    group by 1, 2, 3, 4
  )
  select f.feed_container_id, p.feed_id, 2 * (b.start_date + f.day - '2000-01-01'::date) + h.no, p_batch_no,
         sum(h.grams)
  from fed f
  join aquaseed.schedule_batch b on b.batch_no = p_batch_no
  cross join lateral (values (0, f.feed_1_g, f.pellet_1), (1, f.feed_2_g, f.pellet_2)) h(no, grams, pellet_no)
  join aquaseed.pellet p on p.pellet_no = h.pellet_no
  where h.grams > 0
  group by 1, 2, 3;
  get diagnostics v_demand = row_count;
  return jsonb_build_object('aquaseed.assignment_day', v_days, 'aquaseed.feed_demand', v_demand);
end
$$;

comment on function aquaseed.simulate_batch(integer, integer) is
  'Stage simulate for one batch: its daily truth and its feed demand. Returns rows per table.';
