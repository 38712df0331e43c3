-- 44: the pace of harvest. It is a batch's own: how many batches are harvested at once is the plan's doing, which says
-- so where it is too many for a slaughterhouse.
-- 44.fish: fish of a batch harvested on one day, percentile 95 of the days (the most in a geography is in the detail).
-- 44.shortest, 44.longest: days from the first to the last day of the final harvest of a completed batch, both
--   counted, per 1,000,000 fish: small batches are done sooner. The final harvest ends with the batch; a pause of over
--   21 days parts it from thinning before it.
create or replace function aquaseed.check_44_harvest_pace()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with event as materialized (
    select e.batch_id, (e.event_date at time zone 'UTC')::date as on_date, e.dest_geography_id,
           sum(l.unit_count) as fish
    from public.harvest_harvestevent e join public.harvest_harvestlot l on l.event_id = e.id
    group by 1, 2, 3
  ),
  day as (
    select e.batch_id, sum(e.fish) as fish from event e group by e.batch_id, e.on_date
  ),
  spaced as (
    select e.batch_id, e.on_date, e.fish,
           lead(e.on_date) over (partition by e.batch_id order by e.on_date) - e.on_date as pause
    from event e join public.batch_batch b on b.id = e.batch_id
    where b.status = 'COMPLETED'
  ),
  final as (
    select s.batch_id, s.on_date, s.fish,
           max(s.on_date) filter (where s.pause > 21) over (partition by s.batch_id) as thinned_until
    from spaced s
  ),
  batch as (
    select (max(f.on_date) - min(f.on_date) + 1) / (sum(f.fish) / 1e6)::double precision as days
    from final f
    where f.on_date > f.thinned_until or f.thinned_until is null
    group by f.batch_id
  )
  select '44.fish', percentile_cont(0.95) within group (order by d.fish),
         case when count(*) = 0 then 'no harvest'
              else count(*) || ' days of harvest of a batch; in a geography at most ' || (
                select max(g.fish)
                from (select sum(e.fish) as fish from event e group by e.dest_geography_id, e.on_date) g) end
  from day d
  union all
  select v.id, v.measured, case when b.batches = 0 then 'no completed batch' else b.batches || ' completed batches' end
  from (select count(*) as batches, min(x.days) as shortest, max(x.days) as longest from batch x) b
  cross join lateral (values ('44.shortest', b.shortest), ('44.longest', b.longest)) v(id, measured)
$$;

comment on function aquaseed.check_44_harvest_pace() is
  'Fish harvested in a geography on a day, percentile 95; days of the final harvest, shortest and longest.';
