-- 3: fish harvested / eggs received, median over the completed batches. Thinning harvests count as harvested.
create or replace function aquaseed.check_03_overall_survival()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '3', percentile_cont(0.5) within group (order by b.survival),
         case when count(*) = 0 then 'no completed batch'
              else count(*) || ' completed batches, ' || round(min(b.survival), 4) || ' to '
                || round(max(b.survival), 4) end,
         aquaseed._standard_error(stddev_samp(b.survival)::double precision, count(b.survival), true),
         count(b.survival)::integer
  from (
    select sum(f.harvested) / nullif(sum(f.fish_in) filter (where f.life_stage_no = 1), 0) as survival
    from aquaseed._assignment_flows() f
    where f.is_completed
    group by f.batch_id
  ) b
$$;

comment on function aquaseed.check_03_overall_survival() is 'Overall survival, median of the completed batches.';
