-- 8: days of an assignment on which fish were fed (feeding events) but did not gain weight; the worst assignment
-- of each stage, batches 1 to 20 by id. AquaMind's records hold weights once a week only, with sampling error,
-- so the weights are those of the simulated truth (aquaseed.assignment_day); without it (--drop-truth) n/a.
create or replace function aquaseed.check_08_fed_without_growth()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with sample as materialized (
    select b.id, b.start_date from public.batch_batch b order by b.id limit 20
  ),
  fed as (
    select f.batch_assignment_id, f.batch_id, f.feeding_date - s.start_date as day
    from sample s
    cross join lateral (
      select distinct e.batch_assignment_id, e.batch_id, e.feeding_date
      from public.inventory_feedingevent e where e.batch_id = s.id
    ) f
  ),
  assignment as (
    select f.batch_assignment_id, min(d.life_stage_no) as life_stage_no, count(*) as days,
           count(*) filter (where d.weight_g <= d.weight_start_g) as idle
    from fed f
    join aquaseed.assignment_day d
      on d.batch_no = f.batch_id and d.assignment_no = f.batch_assignment_id - 100 * f.batch_id and d.day = f.day
    group by f.batch_assignment_id
  )
  select '8.' || aquaseed._slug(l.name), max(a.idle),
         case when count(a.days) = 0 then 'no fed days (or no simulated truth to compare with)'
              else count(a.days) || ' assignments, ' || sum(a.days) || ' fed days, ' || sum(a.idle)
                || ' of them without growth' end
  from public.batch_lifecyclestage l
  left join assignment a on a.life_stage_no = l."order"
  where l."order" > 1
  group by l.name
$$;

comment on function aquaseed.check_08_fed_without_growth() is
  'Fed days without growth, the worst assignment of each stage.';
