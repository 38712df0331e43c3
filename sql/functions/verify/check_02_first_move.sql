-- 2: fish of a batch on the day of its first move / on the day before by its daily states
-- (batch_actualdailyassignmentstate), the least and the most over the batches that have both: a move to the next stage
-- neither loses nor doubles fish.
create or replace function aquaseed.check_02_first_move()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select sum(s.population) filter (where s.date = m.moved_on)::double precision
             / nullif(sum(s.population) filter (where s.date < m.moved_on), 0) as share
    from aquaseed._first_moves() m
    join public.batch_actualdailyassignmentstate s
      on s.batch_id = m.batch_id and s.date between m.moved_on - 1 and m.moved_on
    group by m.batch_id
  )
  select v.id, v.measured,
         case when v.batches = 0 then 'no batch with states before and after its first move'
              else v.batches || ' batches' end
  from (select count(b.share) as batches, min(b.share) as least, max(b.share) as most from batch b) x
  cross join lateral (values ('2.min', x.least, x.batches), ('2.max', x.most, x.batches)) v(id, measured, batches)
$$;

comment on function aquaseed.check_02_first_move() is
  'Fish on the day of the first move / on the day before by the daily states, least and most of the batches.';
