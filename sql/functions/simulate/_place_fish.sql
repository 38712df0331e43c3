-- Gives every container of a stage its first fish: eggs for the first stage, else the fish that live at the
-- end of the stage before, moved to the last one (aquaseed.transfer). As many containers as before: each goes
-- to its own successor. Otherwise the fish, lined up source after source, are cut into equal shares.
create or replace function aquaseed._place_fish(p_batch_no integer, p_stage_order integer, p_seed bigint)
returns void language plpgsql
set search_path = ''
as $$
declare
  v_split_sd double precision := aquaseed.number('biology.batch.egg_split_sd');
  v_split bigint := aquaseed.stream(p_seed, 'egg split');
begin
  if p_stage_order = (select min(t.stage_order) from aquaseed.stage t) then
    insert into aquaseed.assignment (batch_no, assignment_no, fish_in, weight_in_g, first_day, last_day)
    select x.batch_no, x.assignment_no,
           (round(x.eggs * (x.upto / x.total)) - round(x.eggs * (x.before / x.total)))::integer,
           x.weight_at_start_g, x.start_day, x.end_day - 1
    from (
      select w.*, sum(w.share) over (order by w.assignment_no) as upto, sum(w.share) over () as total,
             coalesce(sum(w.share) over (order by w.assignment_no rows between unbounded preceding and 1 preceding), 0)
               as before
      from (
        select c.batch_no, c.assignment_no, b.eggs, t.weight_at_start_g, s.start_day, s.end_day,
               round((1 + v_split_sd * aquaseed.z(v_split # c.assignment_key, 0)) * 1e6) as share
        from aquaseed.schedule_container c
        join aquaseed.schedule_batch b on b.batch_no = c.batch_no
        join aquaseed.stage t on t.stage_order = c.stage_order
        join aquaseed.schedule_stage s on s.batch_no = c.batch_no and s.stage_order = c.stage_order
        where c.batch_no = p_batch_no and c.stage_order = p_stage_order
      ) w
    ) x;
    return;
  end if;

  insert into aquaseed.transfer (batch_no, action_no, stage_order, day, source_no, dest_no, fish, weight_g)
  with source as (
    select d.assignment_no, d.fish_end, d.weight_g,
           row_number() over w as n, count(*) over () as sources,
           sum(d.fish_end) over w as upto, sum(d.fish_end) over () as total
    from aquaseed.schedule_stage s
    join aquaseed.assignment_day d
      on d.batch_no = s.batch_no and d.stage_order = s.stage_order and d.day = s.end_day - 1
    where s.batch_no = p_batch_no and s.stage_order = p_stage_order - 1
    window w as (order by d.assignment_no)
  ),
  dest as (
    select c.assignment_no, s.start_day,
           row_number() over (order by c.assignment_no) as n, count(*) over () as dests
    from aquaseed.schedule_stage s
    join aquaseed.schedule_container c using (batch_no, stage_order)
    where s.batch_no = p_batch_no and s.stage_order = p_stage_order
  ),
  flow as (
    select d.start_day, s.assignment_no as source_no, d.assignment_no as dest_no, s.weight_g,
           case when s.sources = d.dests then case when s.n = d.n then s.fish_end else 0 end
             else least(s.upto, s.total * d.n / d.dests)
               - greatest(s.upto - s.fish_end, s.total * (d.n - 1) / d.dests) end as fish
    from source s cross join dest d
  )
  select p_batch_no, p_stage_order * 100 + row_number() over (order by f.source_no, f.dest_no) - 1,
         p_stage_order, f.start_day, f.source_no, f.dest_no, f.fish, f.weight_g
  from flow f
  where f.fish > 0;

  insert into aquaseed.assignment (batch_no, assignment_no, fish_in, weight_in_g, first_day, last_day)
  select t.batch_no, t.dest_no, sum(t.fish),
         round(sum(t.fish * t.weight_g) / sum(t.fish) * 1e4) / 1e4, min(s.start_day), min(s.end_day) - 1
  from aquaseed.transfer t
  join aquaseed.schedule_stage s on s.batch_no = t.batch_no and s.stage_order = t.stage_order
  where t.batch_no = p_batch_no and t.stage_order = p_stage_order
  group by t.batch_no, t.dest_no;
end
$$;

comment on function aquaseed._place_fish(integer, integer, bigint) is
  'First fish of every container of a stage of a batch: eggs, or the living of the stage before, conserved to the last one.';
