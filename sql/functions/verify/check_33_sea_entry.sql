-- 33: deaths a day in the first 14 days at sea / on days 60 to 119, over all rings of a batch that has had them
-- (counted from each ring's first day), median over the batches.
create or replace function aquaseed.check_33_sea_entry()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with ring as (
    select a.id, a.batch_id, a.assignment_date
    from public.batch_batchcontainerassignment a
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    where coalesce(a.departure_date, (select max(r.as_of) from aquaseed.run r)) - a.assignment_date >= 120
  ),
  batch as (
    select (sum(m.count) filter (where m.event_date < r.assignment_date + 14) / 14.0)
             / nullif(sum(m.count) filter (where m.event_date >= r.assignment_date + 60) / 60.0, 0) as ratio
    from ring r
    join public.batch_mortalityevent m
      on m.assignment_id = r.id and m.event_date >= r.assignment_date and m.event_date < r.assignment_date + 120
    group by r.batch_id
  )
  select '33', percentile_cont(0.5) within group (order by b.ratio),
         case when count(b.ratio) = 0 then 'no batch has been at sea for 120 days'
              else count(b.ratio) || ' batches, ' || round(min(b.ratio), 2) || ' to ' || round(max(b.ratio), 2) end,
         aquaseed._standard_error(stddev_samp(b.ratio)::double precision, count(b.ratio), true), count(b.ratio)::integer
  from batch b
$$;

comment on function aquaseed.check_33_sea_entry() is
  'Deaths a day in the first 14 days at sea / on days 60 to 119, median of batches.';
