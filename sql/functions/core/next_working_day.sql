-- A day that is worked on stays; from a day off it is the next that is worked on. p_days working days later than that.
-- One look-up in an index: for many rows of a batch, join aquaseed.work_day instead.
create or replace function aquaseed.next_working_day(p_geography_id bigint, p_date date, p_days integer default 0)
returns date language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce((
    select w.on_date
    from aquaseed.work_day d
    join aquaseed.work_day w
      on w.geography_id = d.geography_id and w.is_working
        and w.working_no = d.working_no + case when d.is_working then 0 else 1 end + p_days
    where d.geography_id = p_geography_id and d.on_date = p_date
  ), p_date + p_days)
$$;

comment on function aquaseed.next_working_day(bigint, date, integer) is
  'The day itself or the next that is worked on in a geography, and so many working days later.';
