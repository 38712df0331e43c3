-- 48: people and their week.
-- 48.eggs, transfers, harvest, treatments, counts, samplings: share of arrivals of eggs, moves, days of harvest of a
--   ring, treatments, lice counts and samplings (growth and health) that are on a Saturday or Sunday.
-- 48.days_off: share of all these that are on another day off of the country (config/work.yaml).
-- 48.count_days: days of an ISO week on which one sea area counts lice, mean over the weeks in which it does.
create or replace function aquaseed.check_48_working_days()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with done as (
    select 'eggs' as kind, x.dest_assignment_id as assignment_id, x.actual_delivery_date as on_date
    from public.batch_creationaction x where x.status = 'COMPLETED'
    union all
    select 'transfers', x.source_assignment_id, x.actual_execution_date
    from public.batch_transferaction x where x.status = 'COMPLETED'
    union all
    select 'harvest', x.assignment_id, (x.event_date at time zone 'UTC')::date from public.harvest_harvestevent x
    union all
    select 'treatments', x.batch_assignment_id, (x.treatment_date at time zone 'UTC')::date
    from public.health_treatment x
    union all
    select distinct 'counts', x.assignment_id, (x.count_date at time zone 'UTC')::date from public.health_licecount x
    union all
    select 'samplings', x.assignment_id, x.sample_date from public.batch_growthsample x
    union all
    select 'samplings', x.assignment_id, x.sampling_date from public.health_healthsamplingevent x
  ),
  event as materialized (
    select d.kind, a.batch_id, c.area_id, d.on_date, extract(isodow from d.on_date) >= 6 as is_weekend,
           coalesce(extract(isodow from d.on_date) < 6 and not w.is_working, false) as is_off
    from done d
    join public.batch_batchcontainerassignment a on a.id = d.assignment_id
    join public.infrastructure_container c on c.id = a.container_id
    left join public.infrastructure_hall h on h.id = c.hall_id
    left join public.infrastructure_freshwaterstation s on s.id = h.freshwater_station_id
    left join public.infrastructure_area r on r.id = c.area_id
    left join aquaseed.work_day w
      on w.geography_id = coalesce(s.geography_id, r.geography_id) and w.on_date = d.on_date
  ),
  batch as (
    select e.kind, e.batch_id, count(*) as events, count(*) filter (where e.is_weekend) as off
    from event e
    group by 1, 2
    union all
    select 'days_off', e.batch_id, count(*), count(*) filter (where e.is_off)
    from event e
    group by 2
  ),
  area as (
    select x.area_id, count(*) as weeks, sum(x.days) as days
    from (
      select e.area_id, date_trunc('week', e.on_date::timestamp) as week, count(distinct e.on_date) as days
      from event e
      where e.kind = 'counts' and e.area_id is not null
      group by 1, 2
    ) x
    group by x.area_id
  )
  select '48.' || k.kind, sum(b.off)::double precision / nullif(sum(b.events), 0),
         case when count(b.batch_id) = 0 then 'no event'
              else sum(b.off) || ' of ' || sum(b.events) || ', ' || count(b.batch_id) || ' batches' end,
         aquaseed._ratio_error(array_agg(b.off::double precision), array_agg(b.events::double precision)),
         count(b.batch_id)::integer
  from (values ('eggs'), ('transfers'), ('harvest'), ('treatments'), ('counts'), ('samplings'), ('days_off')) k(kind)
  left join batch b on b.kind = k.kind
  group by k.kind
  union all
  select '48.count_days', sum(a.days)::double precision / nullif(sum(a.weeks), 0),
         case when count(*) = 0 then 'no count of lice'
              else sum(a.weeks) || ' weeks of ' || count(*) || ' areas' end,
         aquaseed._ratio_error(array_agg(a.days::double precision), array_agg(a.weeks::double precision)),
         count(*)::integer
  from area a
$$;

comment on function aquaseed.check_48_working_days() is
  'Share of what people do that is on a weekend or day off; days of a week on which a sea area counts lice.';
