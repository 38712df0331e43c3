-- 81: the population of the daily states (batch_actualdailyassignmentstate) through the move out of the egg stage.
-- 81.least, 81.most: fish of a batch on day 91 / eggs received, least and most of the batches.
-- 81.doubling: batches with more fish on day 91 than on day 90.
create or replace function aquaseed.check_81_state_population()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select b.id, sum(s.population) filter (where s.day_number = 90) as day_90,
           sum(s.population) filter (where s.day_number = 91) as day_91,
           (select sum(c.egg_count_actual)
            from public.batch_creationaction c join public.batch_creationworkflow w on w.id = c.workflow_id
            where w.batch_id = b.id and c.status = 'COMPLETED') as eggs
    from public.batch_batch b
    join public.batch_actualdailyassignmentstate s
      on s.batch_id = b.id and s.date between b.start_date + 89 and b.start_date + 90
    group by b.id
    having count(*) filter (where s.day_number = 91) > 0
  ),
  total as (
    select count(*) as batches, min(b.day_91::double precision / nullif(b.eggs, 0)) as least,
           max(b.day_91::double precision / nullif(b.eggs, 0)) as most,
           case when count(*) > 0 then count(*) filter (where b.day_91 > b.day_90) end as doubling,
           min(b.id) filter (where b.day_91 > b.day_90) as first_wrong
    from batch b
  )
  select v.id, v.measured,
         case when t.batches = 0 then 'no batch with states on day 91'
              else t.batches || ' batches' || coalesce(', first with more fish ' || t.first_wrong, '') end
  from total t
  cross join lateral (values ('81.least', t.least), ('81.most', t.most), ('81.doubling', t.doubling)) v(id, measured)
$$;

comment on function aquaseed.check_81_state_population() is
  'Daily states: fish on day 91 / eggs, batches that gain fish in the move.';
