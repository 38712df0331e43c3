-- The moves into a stage as an incident: fish that were sorted by size once more than usual, or that took days.
create or replace function aquaseed._note_moves(
  p_batch_no integer, p_life_stage_no integer, p_is_grading boolean, p_draw bigint
)
returns void language sql
set search_path = pg_catalog, pg_temp
as $$
  insert into aquaseed.incident
    (batch_no, incident_no, kind, life_stage_no, from_day, to_day, size, place, incident_key, detail)
  select p_batch_no, p_life_stage_no * 10000 + p_is_grading::integer,
         case when p_is_grading then 'grading' else 'staggered_transfer' end, p_life_stage_no, m.first_day,
         m.last_day,
         case when p_is_grading then m.destinations else m.last_day - m.first_day end, b.batch_name,
         p_draw # b.batch_key,
         case when p_is_grading then 'Fish sorted by size into ' || m.destinations || ' tanks'
              else 'Moved over ' || m.last_day - m.first_day + 1 || ' days' end
  from (
    select min(x.day) as first_day, max(x.day) as last_day, max(x.destinations) as destinations
    from (
      select p.day, count(*) over (partition by p.source_no) as destinations
      from aquaseed.planned_move p
      where p.batch_no = p_batch_no and p.life_stage_no = p_life_stage_no
    ) x
  ) m
  join aquaseed.schedule_batch b on b.batch_no = p_batch_no
  where p_is_grading or m.last_day > m.first_day
$$;

comment on function aquaseed._note_moves(integer, integer, boolean, bigint) is
  'Incident of the moves into a stage of a batch: graded, or over several days.';
