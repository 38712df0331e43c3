-- When what is planned for a day is done, per stage and batch day: on that day, or on the next that is worked on and,
-- at sea, without a storm. From a week before the stage to two after. Null where there is no such day.
create or replace function aquaseed._task_days(p_batch_no integer, p_seed bigint)
returns table (life_stage_no smallint, day integer, task_day integer)
language plpgsql stable rows 1500
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with stage as (
    select s.life_stage_no, s.start_day - 7 as from_day, s.end_day + 14 as to_day, b.start_date, b.geography_id,
           a.noise_key as area_key
    from aquaseed.schedule_stay s
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no
    left join aquaseed.area a on a.area_id = s.area_id
    where s.batch_no = p_batch_no
  ),
  storm as materialized (
    select s.life_stage_no, d.on_date
    from stage s
    cross join lateral
      aquaseed._storm_days(s.area_key, p_seed, s.start_date + s.from_day, s.start_date + s.to_day) d
    where s.area_key is not null
  )
  select s.life_stage_no, x.day,
         min(x.day) filter (where w.is_working and t.on_date is null)
           over (partition by s.life_stage_no order by x.day desc)
  from stage s
  -- By a range of the index: joined to a series of days, all days of the calendar were read.
  join aquaseed.work_day w
    on w.geography_id = s.geography_id and w.on_date between s.start_date + s.from_day and s.start_date + s.to_day
  cross join lateral (select w.on_date - s.start_date as day) x
  left join storm t on t.life_stage_no = s.life_stage_no and t.on_date = w.on_date;
end
$$;

comment on function aquaseed._task_days(integer, bigint) is
  'Per stage and batch day: the day itself or the next that is worked on, at sea without a storm.';
