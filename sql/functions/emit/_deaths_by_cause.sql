-- The dead of a batch by container, day and cause, for days from p_from_day to before as_of: a row for every cause of
-- the day, at most three. In fresh water one cause is drawn, at sea up to three, each from the shares of what killed:
-- those of a procedure or an incident have its own cause, the others the shares of the habitat. The dead are cut among
-- the draws at 60 and 90 % (of two: 65 %), in whole fish that add up; draws of the same cause are one row.
create or replace function aquaseed._deaths_by_cause(p_batch_no integer, p_seed bigint, p_from_day integer)
returns table (assignment_no smallint, day smallint, row_no integer, cause text, count integer, is_culled boolean)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_removal aquaseed.removal := aquaseed.settings('biology.mortality.removal', null::aquaseed.removal);
  v_draw bigint := aquaseed.stream(p_seed, 'cause of death');
begin
  return query
  with dead as materialized (
    select d.assignment_no, d.day, d.deaths, d.extra_share, d.extra_cause, t.habitat, s.assignment_key,
           case when t.habitat = 'sea' then aquaseed.u(v_draw # s.assignment_key, 100000 + d.day) end as of_draws
    from aquaseed.assignment_day d
    join aquaseed.schedule_batch b on b.batch_no = d.batch_no
    join aquaseed.life_stage t on t.life_stage_no = d.life_stage_no
    join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
    where d.batch_no = p_batch_no and d.day >= p_from_day and d.day < b.days and d.deaths > 0
  ),
  drawn as (
    select d.*, n.no, n.upto, n.before
    from dead d
    cross join lateral (
      select case when d.of_draws < v_removal.three_causes then 3
                  when d.of_draws < v_removal.three_causes + v_removal.two_causes then 2 else 1 end as draws
    ) k
    join (values (1, 1, 0.0, 1.0), (2, 1, 0.0, 0.65), (2, 2, 0.65, 1.0),
                 (3, 1, 0.0, 0.6), (3, 2, 0.6, 0.9), (3, 3, 0.9, 1.0)) n(draws, no, before, upto)
      on n.draws = k.draws
    offset 0
  ),
  named as (
    select d.assignment_no, d.day, d.no, c.cause,
           (round(d.deaths * d.upto) - round(d.deaths * d.before))::integer as fish
    from drawn d
    cross join lateral (
      select aquaseed.u(v_draw # d.assignment_key, d.no * 10000 + d.day) as of_extra,
             aquaseed.u(v_draw # d.assignment_key, -d.no * 10000 - d.day) as of_cause
    ) u
    join aquaseed.mortality_cause m
      on m.habitat = d.habitat and u.of_cause >= m.share_from and u.of_cause < m.share_to
    cross join lateral (select case when u.of_extra < d.extra_share then d.extra_cause else m.cause end as cause) c
  )
  select x.assignment_no, x.day,
         (row_number() over (partition by x.assignment_no, x.day order by x.no) - 1)::integer,
         case x.cause when 'CULLING' then 'OTHER' else x.cause end, x.fish::integer, x.cause = 'CULLING'
  from (
    select n.assignment_no, n.day, min(n.no) as no, n.cause, sum(n.fish) as fish
    from named n
    where n.fish > 0
    group by n.assignment_no, n.day, n.cause
  ) x;
end
$$;

comment on function aquaseed._deaths_by_cause(integer, bigint, integer) is
  'Dead fish of a batch by container, day and cause from a day to before as_of, up to three rows a day.';
