-- 81: the population of the daily states (batch_actualdailyassignmentstate) through the move out of the egg stage.
-- 81.least, 81.most: fish of a batch on the day of the move / eggs received, least and most of the batches.
-- 81.doubling: batches with more fish on the day of the move than on the day before.
create or replace function aquaseed.check_81_state_population()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select m.batch_id as id, sum(s.population) filter (where s.date < m.moved_on) as before,
           sum(s.population) filter (where s.date = m.moved_on) as moved,
           (select sum(c.egg_count_actual)
            from public.batch_creationaction c join public.batch_creationworkflow w on w.id = c.workflow_id
            where w.batch_id = m.batch_id and c.status = 'COMPLETED') as eggs
    from aquaseed._first_moves() m
    join public.batch_actualdailyassignmentstate s
      on s.batch_id = m.batch_id and s.date between m.moved_on - 1 and m.moved_on
    group by m.batch_id
    having count(*) filter (where s.date = m.moved_on) > 0
  ),
  total as (
    select count(*) as batches, min(b.moved::double precision / nullif(b.eggs, 0)) as least,
           max(b.moved::double precision / nullif(b.eggs, 0)) as most,
           case when count(*) > 0 then count(*) filter (where b.moved > b.before) end as doubling,
           min(b.id) filter (where b.moved > b.before) as first_wrong
    from batch b
  )
  select v.id, v.measured,
         case when t.batches = 0 then 'no batch with states on the day of its first move'
              else t.batches || ' batches' || coalesce(', first with more fish ' || t.first_wrong, '') end
  from total t
  cross join lateral (values ('81.least', t.least), ('81.most', t.most), ('81.doubling', t.doubling)) v(id, measured)
$$;

comment on function aquaseed.check_81_state_population() is
  'Daily states: fish on the day of the first move / eggs, batches that gain fish in the move.';
