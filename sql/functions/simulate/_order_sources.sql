-- The containers of a stage in the order in which they are emptied, so many at a time: those that go together hold
-- about as much as others do, the fullest with the emptiest.
create or replace function aquaseed._order_sources(p_batch_no integer, p_life_stage_no integer, p_tanks integer)
returns table (assignment_no smallint, n integer) language sql stable rows 10
set search_path = pg_catalog, pg_temp
as $$
  select r.assignment_no,
         row_number() over (order by case r.no / r.groups % 2 when 0 then r.no % r.groups
                              else r.groups - 1 - r.no % r.groups end, r.no)::integer
  from (
    select c.assignment_no, ceil(count(*) over () / p_tanks::numeric)::integer as groups,
           row_number() over (order by f.biomass_g desc, c.assignment_no) - 1 as no
    from aquaseed.schedule_container c
    -- As the fish came; trays of eggs hold the same.
    cross join lateral (
      select coalesce(sum(t.fish * t.weight_g), 0) as biomass_g
      from aquaseed.transfer t
      where t.batch_no = p_batch_no and t.life_stage_no = p_life_stage_no and t.dest_no = c.assignment_no
    ) f
    where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no
  ) r
$$;

comment on function aquaseed._order_sources(integer, integer, integer) is
  'Containers of a stage of a batch in the order in which they are emptied, p_tanks at a time; n from 1.';
