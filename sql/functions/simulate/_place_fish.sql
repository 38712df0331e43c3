-- The first fish of every container of a stage and the days it is used for: eggs for the first stage, else those
-- that aquaseed.transfer brings (written with the truth of the stage before).
create or replace function aquaseed._place_fish(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_split_sd double precision := aquaseed.number('biology.batch.egg_split_sd');
  v_split bigint := aquaseed.stream(p_seed, 'egg split');
begin
  insert into aquaseed.assignment (batch_no, assignment_no, fish_in, weight_in_g, first_day, last_day)
  with placed as (
    select x.assignment_no,
           round(x.eggs * (x.upto / x.total)) - round(x.eggs * ((x.upto - x.share) / x.total)) as fish,
           x.weight_at_start_g as weight, x.start_day as first_day
    from (
      select w.*, sum(w.share) over (order by w.assignment_no) as upto, sum(w.share) over () as total
      from (
        select c.assignment_no, b.eggs, t.weight_at_start_g, s.start_day,
               round(exp(v_split_sd * aquaseed.z(v_split # c.assignment_key, 0)) * 1e6) as share
        from aquaseed.schedule_container c
        join aquaseed.schedule_batch b on b.batch_no = c.batch_no
        join aquaseed.life_stage t on t.life_stage_no = c.life_stage_no
        join aquaseed.schedule_stay s on s.batch_no = c.batch_no and s.life_stage_no = c.life_stage_no
        where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no
          and p_life_stage_no = (select min(y.life_stage_no) from aquaseed.life_stage y)
      ) w
    ) x
    union all
    select t.dest_no, sum(t.fish), round(sum(t.fish * t.weight_g) / sum(t.fish) * 1e4) / 1e4, min(t.day)
    from aquaseed.transfer t
    where t.batch_no = p_batch_no and t.life_stage_no = p_life_stage_no
    group by t.dest_no
  )
  select p_batch_no, p.assignment_no, p.fish, p.weight, p.first_day,
         coalesce((select max(m.day) from aquaseed.planned_move m
                   where m.batch_no = p_batch_no and m.life_stage_no = p_life_stage_no + 1
                     and m.source_no = p.assignment_no),
                  s.end_day) - 1
  from placed p
  join aquaseed.schedule_stay s on s.batch_no = p_batch_no and s.life_stage_no = p_life_stage_no;
end
$$;

comment on function aquaseed._place_fish(integer, integer, bigint) is
  'First fish of every container of a stage of a batch, eggs or what its transfers bring, and its first and last day.';
