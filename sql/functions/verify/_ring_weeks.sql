-- Deaths of the rings of the sample's batches (_sample_stays, sea) by whole ISO week before their first harvest: fish
-- at the start of the week, dead of the week, rate, and its logarithm less the mean over the weeks of the ring.
create or replace function aquaseed._ring_weeks()
returns table (area_id bigint, batch_id bigint, assignment_id bigint, week integer, fish bigint, dead bigint,
               rate double precision, deviation double precision)
language sql stable rows 10000
set search_path = pg_catalog, pg_temp
as $$
  with ring as materialized (
    select a.id, a.batch_id, c.area_id, a.assignment_date,
           coalesce((select min((h.event_date at time zone 'UTC')::date)
                     from public.harvest_harvestevent h where h.assignment_id = a.id),
                    a.departure_date, (select max(r.as_of) from aquaseed.run r)) as before_date,
           (select sum(t.transferred_count) from public.batch_transferaction t
            where t.dest_assignment_id = a.id and t.status = 'COMPLETED') as fish
    from public.batch_batchcontainerassignment a
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    where a.batch_id in (select s.batch_id from aquaseed._sample_stays('sea') s)
  ),
  -- 2000-01-03 is a Monday.
  event as (
    select m.assignment_id, (m.event_date - date '2000-01-03') / 7 as week, sum(m.count) as dead
    from ring r
    join public.batch_mortalityevent m on m.assignment_id = r.id
    group by 1, 2
  ),
  counted as (
    select r.area_id, r.batch_id, r.id, w.no as week, coalesce(e.dead, 0) as dead,
           r.fish - coalesce(sum(e.dead) over (partition by r.id order by w.no
                                               rows between unbounded preceding and 1 preceding), 0) as fish,
           date '2000-01-03' + 7 * w.no >= r.assignment_date as is_whole
    from ring r
    cross join lateral generate_series((r.assignment_date - date '2000-01-03') / 7,
                                       (r.before_date - date '2000-01-03') / 7 - 1) w(no)
    left join event e on e.assignment_id = r.id and e.week = w.no
  )
  select x.area_id, x.batch_id, x.id, x.week, x.fish::bigint, x.dead::bigint, x.rate,
         ln(nullif(x.rate, 0)) - avg(ln(nullif(x.rate, 0))) over (partition by x.id)
  from (select c.*, c.dead::double precision / c.fish as rate from counted c where c.is_whole and c.fish > 0) x
$$;

comment on function aquaseed._ring_weeks() is
  'Fish, dead and rate of the rings of the sample''s batches by whole ISO week before their first harvest.';
