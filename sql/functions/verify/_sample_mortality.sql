-- Fish in the morning and deaths of every day of the sample's rings (_sample_stays, sea) before their first harvest,
-- from AquaMind's transfers and mortality events; a day without an event is one without deaths. day 0 is the first.
create or replace function aquaseed._sample_mortality()
returns table (assignment_id bigint, batch_id bigint, geography text, day integer, on_date date, fish bigint,
               deaths bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select s.assignment_id, s.batch_id, s.geography, x.day, s.from_date + x.day,
         f.fish - coalesce(sum(d.deaths) over w, 0)::bigint,
         coalesce(d.deaths, 0)
  from aquaseed._sample_stays('sea') s
  cross join lateral (
    select min((h.event_date at time zone 'UTC')::date) as on_date
    from public.harvest_harvestevent h where h.assignment_id = s.assignment_id
  ) h
  cross join lateral (
    select sum(t.transferred_count) as fish, max(t.actual_execution_date) as on_date
    from public.batch_transferaction t where t.dest_assignment_id = s.assignment_id and t.status = 'COMPLETED'
  ) f
  cross join lateral generate_series(0, coalesce(h.on_date, s.to_date) - s.from_date - 1) x(day)
  left join lateral (
    select sum(m.count) as deaths
    from public.batch_mortalityevent m where m.assignment_id = s.assignment_id and m.event_date = s.from_date + x.day
  ) d on true
  window w as (partition by s.assignment_id order by x.day rows between unbounded preceding and 1 preceding)
$$;

comment on function aquaseed._sample_mortality() is
  'Fish and deaths per day of the sample''s rings before their first harvest.';
