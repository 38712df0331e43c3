-- Stage simulate, one batch: the daily truth of its whole life and what it takes from the feed stores.
-- About 9,000 days of containers a batch, and at sea half as many of lice.
create or replace function aquaseed.simulate_batch(p_run_id integer, p_batch_no integer)
returns jsonb language plpgsql
set search_path = ''
as $$
declare
  v_seed bigint := (select r.seed from aquaseed.run r where r.run_id = p_run_id);
  v_stage record;
  v_days bigint := 0;
  v_demand bigint;
begin
  -- Six stages, one after the other: a stage starts with the fish that the one before left.
  for v_stage in
    select s.stage_order from aquaseed.schedule_stage s where s.batch_no = p_batch_no order by s.stage_order
  loop
    perform aquaseed._plan_moves(p_batch_no, v_stage.stage_order + 1, v_seed);
    perform aquaseed._place_fish(p_batch_no, v_stage.stage_order, v_seed);
    perform aquaseed._plan_incidents(p_batch_no, v_stage.stage_order, v_seed);
    perform aquaseed._plan_procedures(p_batch_no, v_stage.stage_order, v_seed);
    v_days := v_days + aquaseed._simulate_stage(p_batch_no, v_stage.stage_order, v_seed);
  end loop;

  insert into aquaseed.feed_demand (feed_container_id, feed_id, half, batch_no, grams)
  select c.feed_container_id, p.feed_id, 2 * (b.start_date + d.day - '2000-01-01'::date) + half.no, p_batch_no, sum(f.grams)
  from aquaseed.assignment_day d
  join aquaseed.schedule_batch b on b.batch_no = d.batch_no
  join aquaseed.container c on c.container_id = d.container_id
  cross join (values (0), (1)) half(no)
  cross join lateral (
    select case half.no when 0 then d.feed_1_g else d.feed_2_g end as grams,
           case half.no when 0 then d.pellet_1 else d.pellet_2 end as pellet_no
  ) f
  join aquaseed.pellet p on p.pellet_no = f.pellet_no
  where d.batch_no = p_batch_no and f.grams > 0
  group by 1, 2, 3;
  get diagnostics v_demand = row_count;
  return jsonb_build_object('aquaseed.assignment_day', v_days, 'aquaseed.feed_demand', v_demand);
end
$$;

comment on function aquaseed.simulate_batch(integer, integer) is
  'Stage simulate for one batch: its daily truth and its feed demand. Returns rows per table.';
