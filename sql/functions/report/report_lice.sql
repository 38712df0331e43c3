-- Adult female salmon lice per fish of every batch per calendar week (from Monday): the mean of its counts. highest is
-- that of a single ring.
create or replace function aquaseed.report_lice()
returns table (batch_no integer, week date, adult_females double precision, highest double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.batch_id::integer, date_trunc('week', s.on_date::timestamp)::date, avg(s.adult_females), max(s.adult_females)
  from aquaseed._lice_samples() s
  group by 1, 2
  order by 1, 2
$$;

comment on function aquaseed.report_lice() is
  'Report: adult female lice per fish per batch and week, mean and highest ring.';
