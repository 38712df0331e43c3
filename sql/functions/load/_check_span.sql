-- Refuses an end of history that has nothing to do with the schedule: not after its first start, or more than a year
-- after its last batch has ended, unless it was planned so (then 30 years). It would make an empty run, or millions of
-- rows of weather. As src/planner/schedule/span.ts.
create or replace function aquaseed._check_span(p_schedule jsonb, p_as_of date)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_first date;
  v_last date;
  v_until date;
begin
  select min((b.value ->> 'start_date')::date),
         max((b.value ->> 'start_date')::date + (b.value ->> 'effective_duration')::integer)
  into v_first, v_last
  from jsonb_array_elements(p_schedule -> 'batches') b(value);
  v_until := greatest(v_last + 365, least((p_schedule #>> '{metadata,as_of}')::date, v_last + 10958));
  if p_as_of > v_first and p_as_of <= v_until then
    return;
  end if;
  raise exception 'history cannot end on %: the first batch starts on % and the last one ends on %',
    coalesce(p_as_of::text, 'no day'), v_first, v_last
    using errcode = 'AQ015', hint = format('as_of may be %s to %s.', v_first + 1, v_until);
end
$$;

comment on function aquaseed._check_span(jsonb, date) is
  'Refuses (AQ015) an end of history before the first batch starts or more than a year after the last one ends.';
