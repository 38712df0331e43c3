-- 71: batches by status and by stage (reported), and 71.plan: batches of the schedule that have begun and are missing
-- or in another stage than planned for their last day, plus batches that the schedule does not have.
create or replace function aquaseed.check_71_batches()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select b.id, b.status, l.name as stage, l."order" as life_stage_no
    from public.batch_batch b join public.batch_lifecyclestage l on l.id = b.lifecycle_stage_id
  ),
  plan as (
    select p.batch_no, max(s.life_stage_no) as life_stage_no
    from aquaseed.schedule_batch p join aquaseed.schedule_stay s on s.batch_no = p.batch_no and s.start_day < p.days
    group by p.batch_no
  )
  select '71.' || lower(v.status), count(b.id), 'batches'
  from (values ('ACTIVE'), ('COMPLETED')) v(status)
  left join batch b on b.status = v.status
  group by v.status
  union all
  select '71.' || aquaseed._slug(l.name), count(b.id), 'batches, completed ones not counted'
  from public.batch_lifecyclestage l
  left join batch b on b.life_stage_no = l."order" and b.status <> 'COMPLETED'
  group by l.name
  union all
  select '71.plan', count(*) filter (where b.id is null or p.batch_no is null or b.life_stage_no <> p.life_stage_no),
         count(p.batch_no) || ' batches have begun' || coalesce(', first wrong one ' ||
           min(coalesce(p.batch_no, b.id))
             filter (where b.id is null or p.batch_no is null or b.life_stage_no <> p.life_stage_no), '')
  from plan p full join batch b on b.id = p.batch_no
$$;

comment on function aquaseed.check_71_batches() is
  'Batches by status and stage; batches that are not where the schedule has them.';
