-- 41: |mean weight of a growth sample / true weight - 1|, median and percentile 95 over the samples of batches 1 to 20
-- by id. True is the simulated truth (aquaseed.assignment_day); without it (--drop-truth) n/a.
create or replace function aquaseed.check_41_sample_error()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with error as materialized (
    select b.id as batch_id, abs(g.avg_weight_g::double precision / d.weight_g - 1) as error
    from (select b.id, b.start_date from public.batch_batch b order by b.id limit 20) b
    join public.batch_batchcontainerassignment a on a.batch_id = b.id
    join public.batch_growthsample g on g.assignment_id = a.id
    join aquaseed.assignment_day d
      on d.batch_no = b.id and d.assignment_no = a.id - 100 * b.id and d.day = g.sample_date - b.start_date
  )
  select v.id, v.measured,
         case when e.samples = 0 then 'no samples (or no simulated truth to compare with)'
              else e.samples || ' samples' end,
         aquaseed._standard_error(v.sd, s.batches), s.batches::integer
  from (
    select count(*) as samples, percentile_cont(array[0.5, 0.95]) within group (order by x.error) as p from error x
  ) e
  cross join (
    select count(*) as batches, stddev_samp(b.p[1]) as median, stddev_samp(b.p[2]) as p95
    from (select percentile_cont(array[0.5, 0.95]) within group (order by x.error) as p
          from error x group by x.batch_id) b
  ) s
  cross join lateral (values ('41.median', e.p[1], s.median), ('41.p95', e.p[2], s.p95)) v(id, measured, sd)
$$;

comment on function aquaseed.check_41_sample_error() is 'Error of the mean weight of growth samples against the truth.';
