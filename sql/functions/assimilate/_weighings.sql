-- What was weighed in the assignments of a batch, one row per assignment and day, the best weighing of the day:
-- a growth sample; the fish of a transfer out, taken for those that they were chosen from (when the largest were
-- moved, the mean of all is below their weight; when the smallest, above); a treatment with weighing.
-- Transfers in are not here: see _arrivals.
create or replace function aquaseed._weighings(p_batch_no integer)
returns table (assignment_id bigint, on_date date, anchor_no smallint, weight_g double precision)
language plpgsql stable rows 500
set search_path = pg_catalog, pg_temp
as $$
declare
  v_largest numeric := aquaseed.number('biology.assimilation.selection.LARGEST');
  v_smallest numeric := aquaseed.number('biology.assimilation.selection.SMALLEST');
begin
  return query
  select distinct on (x.assignment_id, x.on_date) x.assignment_id, x.on_date, x.anchor_no::smallint,
         x.weight_g::double precision
  from (
    select s.assignment_id, s.sample_date as on_date, 1 as anchor_no, s.avg_weight_g as weight_g, s.id
    from public.batch_growthsample s
    where s.assignment_id between p_batch_no * 100 and p_batch_no * 100 + 99
    union all
    select t.source_assignment_id, t.actual_execution_date, 2,
           round(sum(t.transferred_count * t.measured_avg_weight_g
               * case t.selection_method when 'LARGEST' then v_largest when 'SMALLEST' then v_smallest else 1 end)
             / sum(t.transferred_count), 6), 0
    from public.batch_transferaction t
    where t.status = 'COMPLETED' and t.transferred_count > 0 and t.actual_execution_date is not null
      and t.measured_avg_weight_g is not null
      and t.source_assignment_id between p_batch_no * 100 and p_batch_no * 100 + 99
    group by t.source_assignment_id, t.actual_execution_date
    union all
    select t.batch_assignment_id, (t.treatment_date at time zone 'UTC')::date, 3, w.weight_g, t.id
    from public.health_treatment t
    join public.health_healthsamplingevent e on e.id = t.sampling_event_id
    cross join lateral (
      select case when e.avg_weight_g is not null then e.avg_weight_g else (
        select round(avg(o.weight_g), 6) from public.health_individualfishobservation o
        where o.sampling_event_id = e.id and o.weight_g is not null
      ) end as weight_g
    ) w
    where t.includes_weighing and t.batch_assignment_id between p_batch_no * 100 and p_batch_no * 100 + 99
  ) x
  where x.weight_g > 0
  order by x.assignment_id, x.on_date, x.anchor_no, x.id desc;
end
$$;

comment on function aquaseed._weighings(integer) is
  'The best weighing per assignment and day of a batch: 1 growth sample, 2 transfer out, 3 treatment; mean '
  'weight in g.';
