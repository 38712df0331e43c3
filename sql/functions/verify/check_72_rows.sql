-- 72: rows of the generated tables, without those that the application added to partitioned ones; the largest deviation
-- of a table, as a share.
-- 72.ledger: from what the units of the run noted that they wrote. All rows are counted.
-- 72.predicted: from what the plan expects of mean fish (run.predicted), tables of at least 50,000 rows: one harvest
-- day more or less is a percent of a small one, and which kinds of lice are found in a count is chance. The growth of a
-- batch is chance, too, so its units are batches: few of them say nothing of the plan.
create or replace function aquaseed.check_72_rows()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run aquaseed.run;
  v_table record;
  v_rows bigint;
  v_counted jsonb := '{}';
  v_batches integer := (select count(*) from aquaseed.schedule_batch b where b.days > 0);
begin
  select r.* into v_run from aquaseed.run r order by r.run_id desc limit 1;
  for v_table in
    select n.table_name, g.id_column, g.partitioned
    from (
      select r.table_name from aquaseed.generated_rows(v_run.run_id) r
      union
      select p.key from jsonb_each(v_run.predicted) p
    ) n
    left join aquaseed.generated_table g on g.table_name = n.table_name
    order by n.table_name collate "C"
  loop
    execute format('select count(*) from public.%I', v_table.table_name) into v_rows;
    -- Those of the application are counted in their own leaf: a condition on the id of every row would double the time.
    if v_table.partitioned then
      execute format('select $2 - count(*) from public.%I x where x.%I >= $1', v_table.table_name, v_table.id_column)
      into v_rows using aquaseed.application_id(v_table.table_name), v_rows;
    end if;
    v_counted := v_counted || jsonb_build_object(v_table.table_name, v_rows);
  end loop;

  return query
  with expected as (
    select '72.ledger' as metric, r.table_name, r.rows::double precision as rows
    from aquaseed.generated_rows(v_run.run_id) r
    union all
    select '72.predicted', p.key, p.value::double precision from jsonb_each_text(v_run.predicted) p
    where p.value::double precision >= 50000
  ),
  deviation as (
    select e.metric, e.table_name, e.rows, c.rows as counted, abs(c.rows - e.rows) / greatest(1, e.rows) as share
    from expected e
    cross join lateral (select (v_counted ->> e.table_name)::double precision as rows) c
  ),
  worst as (
    select distinct on (d.metric) d.*, count(*) over (partition by d.metric) as tables
    from deviation d
    order by d.metric, d.share desc, d.table_name collate "C"
  )
  select v.metric, w.share,
         case when w.metric is null then 'no ' || v.missing
              else w.tables || ' tables'
                || case when w.share > 0
                          then format(', most off %s with %s of %s', w.table_name, w.counted, w.rows) else '' end end,
         null::double precision, v_batches
  from (values ('72.ledger', 'rows in the ledger'), ('72.predicted', 'prediction of the plan')) v(metric, missing)
  left join worst w on w.metric = v.metric;
end
$$;

comment on function aquaseed.check_72_rows() is
  'Rows per table against the ledger and the plan''s prediction, the table most off.';
