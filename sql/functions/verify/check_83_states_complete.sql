-- 83: daily states (batch_actualdailyassignmentstate) against assignments: one a day from assignment_date to the day
-- before departure_date, or before as_of. 83.missing: days without state; 83.beyond: states on other days.
create or replace function aquaseed.check_83_states_complete()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with assignment as (
    select a.id, greatest(0, x.until - a.assignment_date) as days, coalesce(s.inside, 0) as inside,
           coalesce(s.states, 0) as states
    from public.batch_batchcontainerassignment a
    cross join lateral (
      select coalesce(a.departure_date, (select max(r.as_of) from aquaseed.run r)) as until
    ) x
    left join (
      select y.assignment_id, count(*) as states,
             count(*) filter (where y.date >= z.assignment_date
               and y.date < coalesce(z.departure_date, (select max(r.as_of) from aquaseed.run r))) as inside
      from public.batch_actualdailyassignmentstate y
      join public.batch_batchcontainerassignment z on z.id = y.assignment_id
      group by y.assignment_id
    ) s on s.assignment_id = a.id
  ),
  total as (
    select coalesce(sum(a.states), 0) as states, sum(a.days - a.inside) as missing, sum(a.states - a.inside) as beyond,
           min(a.id) filter (where a.days <> a.inside or a.states <> a.inside) as first_wrong
    from assignment a
  )
  select v.id, case when t.states > 0 then v.measured end,
         case when t.states = 0 then 'no daily states'
              else t.states || ' states' || coalesce(', first wrong assignment ' || t.first_wrong, '') end
  from total t
  cross join lateral (values ('83.missing', t.missing), ('83.beyond', t.beyond)) v(id, measured)
$$;

comment on function aquaseed.check_83_states_complete() is
  'Daily states: assignment days without one, states beyond the assignment.';
