-- The rounds of a batch through its site (a hall or a sea area): one in a week, by ISO week, on the day of the week
-- that the site has for this purpose, Monday to Thursday; moved to the next day that is worked on and without a storm,
-- but within the week. All containers of the site are visited. The odd round is left out (a share of the weeks of a
-- site). round_no is the week on the time axis and is the same for all batches of the site.
create or replace function aquaseed._round_days(
  p_batch_no integer, p_seed bigint, p_purpose text, p_left_out double precision default 0,
  p_every_weeks integer default 1
)
returns table (life_stage_no smallint, day integer, round_no integer)
language plpgsql stable rows 150
set search_path = pg_catalog, pg_temp
as $$
declare
  v_weekday bigint := aquaseed.stream(p_seed, p_purpose || ' weekday');
  v_left_out bigint := aquaseed.stream(p_seed, p_purpose || ' left out');
begin
  return query
  with site as materialized (
    select s.life_stage_no, s.start_day, s.end_day, aquaseed.day_no(b.start_date) as day_no, k.site_key,
           floor(4 * aquaseed.u(v_weekday # k.site_key, 0))::integer as weekday
    from aquaseed.schedule_stay s
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    left join aquaseed.area a on a.area_id = s.area_id
    left join aquaseed.hall h on h.hall_id = s.hall_id
    cross join lateral (select coalesce(a.noise_key, h.noise_key) as site_key) k
    where s.batch_no = p_batch_no
  )
  -- From the days to their weeks: weeks joined to the days cost 10 ms more a call (2026-12).
  select s.life_stage_no, t.task_day, w.week_no
  from aquaseed._task_days(p_batch_no, p_seed) t
  join site s on s.life_stage_no = t.life_stage_no
  -- Day 3 of the time axis is a Monday.
  cross join lateral (select (s.day_no + t.day + 4) / 7 as week_no, (s.day_no + t.day + 4) % 7 as weekday) w
  where w.weekday = s.weekday and w.week_no % p_every_weeks = 0
    and t.task_day < t.day + 7 - w.weekday and t.task_day >= s.start_day and t.task_day < s.end_day
    and aquaseed.u(v_left_out # s.site_key, w.week_no) >= p_left_out;
end
$$;

comment on function aquaseed._round_days(integer, bigint, text, double precision, integer) is
  'Rounds of a batch through its site by stage: batch day, number of the week. One or none in a week.';
