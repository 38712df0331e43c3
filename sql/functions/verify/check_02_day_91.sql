-- 2: fish of a batch on day 91 / on day 90 by its daily states (batch_actualdailyassignmentstate), the least and the
-- most over the batches that have both: a move to the next stage neither loses nor doubles fish.
create or replace function aquaseed.check_02_day_91()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select sum(s.population) filter (where s.day_number = 91)::double precision
             / nullif(sum(s.population) filter (where s.day_number = 90), 0) as share
    from public.batch_batch b
    join public.batch_actualdailyassignmentstate s
      on s.batch_id = b.id and s.date between b.start_date + 89 and b.start_date + 90
    where s.day_number in (90, 91)
    group by b.id
  )
  select v.id, v.measured,
         case when v.batches = 0 then 'no batch with states on days 90 and 91' else v.batches || ' batches' end
  from (select count(b.share) as batches, min(b.share) as least, max(b.share) as most from batch b) x
  cross join lateral (values ('2.min', x.least, x.batches), ('2.max', x.most, x.batches)) v(id, measured, batches)
$$;

comment on function aquaseed.check_02_day_91() is
  'Fish on day 91 / on day 90 by the daily states, least and most of the batches.';
