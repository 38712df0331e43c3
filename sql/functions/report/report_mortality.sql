-- Deaths of every batch per calendar month and cause, from mortality events.
create or replace function aquaseed.report_mortality()
returns table (batch_no integer, month date, cause text, deaths bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select m.batch_id::integer, date_trunc('month', m.event_date::timestamp)::date, m.cause::text, sum(m.count)::bigint
  from public.batch_mortalityevent m
  group by 1, 2, 3
  having sum(m.count) > 0
  order by 1, 2, 3
$$;

comment on function aquaseed.report_mortality() is 'Report: deaths per batch, month and cause.';
