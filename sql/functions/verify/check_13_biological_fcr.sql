-- 13: biological feed conversion of a batch in a stage it has left: feed given / biomass made, where biomass made
-- = moved on + harvested + dead - received (kg, from transfer actions, harvest lots and mortality events);
-- median over the batches. One metric a fed stage. All feeding events are read.
create or replace function aquaseed.check_13_biological_fcr()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with feed as (
    select e.batch_assignment_id, sum(e.amount_kg)::double precision as kg
    from public.inventory_feedingevent e group by 1
  ),
  fcr as (
    select f.life_stage_no,
           sum(d.kg) / nullif(sum(f.moved_kg + f.harvested_kg + f.dead_kg - f.in_kg), 0) as fcr
    from aquaseed._assignment_flows() f
    left join feed d on d.batch_assignment_id = f.assignment_id
    group by f.batch_id, f.life_stage_no
    having not bool_or(f.is_active)
      and (bool_and(f.is_completed) or f.life_stage_no < (select max(l."order") from public.batch_lifecyclestage l))
  )
  select '13.' || aquaseed._slug(l.name), percentile_cont(0.5) within group (order by x.fcr),
         case when count(x.fcr) = 0 then 'no batch has left this stage'
              else count(x.fcr) || ' batches, ' || round(min(x.fcr)::numeric, 3) || ' to '
                || round(max(x.fcr)::numeric, 3) end,
         aquaseed._standard_error(stddev_samp(x.fcr), count(x.fcr), true), count(x.fcr)::integer
  from public.batch_lifecyclestage l
  left join fcr x on x.life_stage_no = l."order"
  where l."order" > 1
  group by l.name
$$;

comment on function aquaseed.check_13_biological_fcr() is
  'Biological FCR per fed stage, median of the batches that have left it.';
