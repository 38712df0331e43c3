-- 91: use of halls and rings per geography and stage (list_occupancy), as a share of what is there: the peak, and the
-- mean from the first start to as_of (reported; harvests come earlier than the rings are reserved for).
-- 91.beyond: days of a container with fish of a batch that the schedule does not reserve for it.
create or replace function aquaseed.check_91_occupancy()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with resource as (
    select o.geography, o.stage, o.unit, o.capacity, max(o.used) as peak, avg(o.used) as mean,
           max(o.planned) as planned_peak,
           avg(o.planned) as planned_mean, (array_agg(o.on_date order by o.used desc, o.on_date))[1] as peak_date
    from aquaseed.list_occupancy() o
    group by o.geography, o.life_stage_no, o.stage, o.unit, o.capacity
  )
  select '91.' || aquaseed._slug(r.geography) || '_' || aquaseed._slug(r.stage) || '_' || v.metric,
         v.used::double precision / nullif(r.capacity, 0),
         format('%s of %s %s%s, planned %s', round(v.used, 1), r.capacity, r.unit, v.at, round(v.planned, 1))
  from resource r
  cross join lateral (values
    ('peak', r.peak::numeric, r.planned_peak::numeric, ' on ' || r.peak_date), ('mean', r.mean, r.planned_mean, '')
  ) v(metric, used, planned, at)
  union all
  select '91.beyond', coalesce(sum(x.days), 0),
         count(*) || ' assignments' || coalesce(', first one beyond ' || min(a.id) filter (where x.days > 0), '')
  from public.batch_batchcontainerassignment a
  left join aquaseed.schedule_container s on s.batch_no = a.batch_id and s.container_id = a.container_id
  cross join lateral (select coalesce(a.departure_date, (select max(r.as_of) from aquaseed.run r)) as until) u
  cross join lateral (
    select case when s.period is null then u.until - a.assignment_date
                else greatest(0, lower(s.period) - a.assignment_date)
                  + greatest(0, u.until - upper(s.period)) end as days
  ) x
$$;

comment on function aquaseed.check_91_occupancy() is
  'Peak and mean use of halls and rings per geography and stage; container days beyond the schedule.';
