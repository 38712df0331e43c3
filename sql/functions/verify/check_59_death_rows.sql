-- 59: rows of mortality events at sea per ring and day with any, over the batches of the sample (_sample_stays, sea).
create or replace function aquaseed.check_59_death_rows()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '59', sum(b.rows) / nullif(sum(b.days), 0),
         case when count(*) = 0 then 'no deaths at sea' else sum(b.days) || ' days of rings' end,
         aquaseed._ratio_error(array_agg(b.rows), array_agg(b.days)), count(*)::integer
  from (
    select a.batch_id, sum(m.rows)::double precision as rows, count(m.rows)::double precision as days
    from public.batch_batchcontainerassignment a
    join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
    join lateral (
      select count(*) as rows from public.batch_mortalityevent x where x.assignment_id = a.id group by x.event_date
    ) m on true
    where a.batch_id in (select s.batch_id from aquaseed._sample_stays('sea') s)
    group by a.batch_id
  ) b
$$;

comment on function aquaseed.check_59_death_rows() is 'Rows of mortality events per ring and day with any.';
