-- Which part of which container goes where when the fish of a batch are graded into the containers of a stage. Halls
-- grade by size: of a source the larger half weighs d more than its mean, the smaller d less (biology.grading); halves
-- are laid along each other by size, and containers, in any order of their names, take what lies in their part of the
-- line. So the mean weight of every source is kept. Rings get what tanks hold, as it is, in the order of size.
-- Tanks and rings differ in number: fewer of the larger fish, and by chance, as
-- far as there is room: from what was drawn towards equal biomass, until the fullest is expected to be as full as it
-- may be at the end of the stage. Weights are compared as cube roots, whose differences growth leaves as they are.
create or replace function aquaseed._plan_grading(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns table (source_no smallint, dest_no smallint, share double precision, weight_factor double precision)
language plpgsql stable rows 30
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_grading aquaseed.size_grading := aquaseed.settings('biology.grading', null::aquaseed.size_grading);
  v_growth_sd double precision := aquaseed.number('biology.batch.growth_sd');
  v_split_sd double precision := aquaseed.number('biology.batch.egg_split_sd');
  v_growth_draw bigint := aquaseed.stream(p_seed, 'growth factor');
  v_split bigint := aquaseed.stream(p_seed, 'egg split');
  v_draw bigint := aquaseed.stream(p_seed, 'size grading');
  v_stay record;
  -- Cube root of the mean weight when the sources were filled, at the move, and at the end of the stage.
  v_filled double precision;
  v_moved double precision;
  v_end double precision;
begin
  select b.batch_key, b.eggs * g.survival as eggs, b.harvest_target_g, t.habitat, f.yolk_weight_g,
         1 + v_growth_sd * aquaseed.z(v_growth_draw # b.batch_key, 0) as growth_factor,
         g.tgc / 1000 * f.temperature_c * (s.start_day - p.start_day) as growth_before,
         x.tgc / 1000 * t.temperature_c * t.days as growth,
         case t.habitat when 'sea' then v_grading.ring_sd else v_grading.tank_sd end as number_sd,
         aquaseed._weight_difference(p_life_stage_no) as difference
  into v_stay
  from aquaseed.schedule_batch b
  join aquaseed.life_stage t on t.life_stage_no = p_life_stage_no
  join aquaseed.life_stage f on f.life_stage_no = p_life_stage_no - 1
  join aquaseed.schedule_stay s on s.batch_no = b.batch_no and s.life_stage_no = t.life_stage_no
  join aquaseed.schedule_stay p on p.batch_no = b.batch_no and p.life_stage_no = f.life_stage_no
  join aquaseed.life_stage_geography g on g.life_stage_no = f.life_stage_no and g.geography_id = b.geography_id
  join aquaseed.life_stage_geography x on x.life_stage_no = t.life_stage_no and x.geography_id = b.geography_id
  where b.batch_no = p_batch_no;
  -- After the last stage nothing is moved; whether that is asked depends on the plan of the caller.
  if not found then
    return;
  end if;

  v_filled := (
    select power(sum(m.fish * m.weight_g) / sum(m.fish), 1 / 3.0::double precision)
    from aquaseed.transfer m where m.batch_no = p_batch_no and m.life_stage_no = p_life_stage_no - 1
  );
  v_moved := coalesce(power(v_stay.yolk_weight_g, 1 / 3.0::double precision),
                      v_filled + v_stay.growth_before * v_stay.growth_factor, 1);
  v_end := case v_stay.habitat when 'sea' then power(v_stay.harvest_target_g, 1 / 3.0::double precision)
             else v_moved + v_stay.growth * v_stay.growth_factor end;

  return query
  with source as (
    select c.assignment_no, coalesce(f.fish, round(exp(v_split_sd * aquaseed.z(v_split # c.assignment_key, 0)) * 1e6))
             as fish,
           coalesce(power(f.weight_g, 1 / 3.0::double precision) - v_filled, 0) as size, f.fish is null as is_tray
    from aquaseed.schedule_container c
    left join (
      select t.dest_no, sum(t.fish)::double precision as fish, sum(t.fish * t.weight_g) / sum(t.fish) as weight_g
      from aquaseed.transfer t
      where t.batch_no = p_batch_no and t.life_stage_no = p_life_stage_no - 1
      group by t.dest_no
    ) f on f.dest_no = c.assignment_no
    where c.batch_no = p_batch_no and c.life_stage_no = p_life_stage_no - 1
  ),
  half as materialized (
    select h.*, round((sum(h.fish) over w - h.fish) / sum(h.fish) over () * 1e9) / 1e9 as before,
           round(sum(h.fish) over w / sum(h.fish) over () * 1e9) / 1e9 as upto
    from (
      select s.assignment_no, x.no, s.fish / 2 as fish, x.factor,
             round((s.size + v_moved * (power(x.factor, 1 / 3.0::double precision) - 1)) * 1e9) / 1e9 as size
      from source s
      cross join (values (1, 1 + v_stay.difference), (2, 1 - v_stay.difference)) x(no, factor)
    ) h
    window w as (order by h.size desc, h.assignment_no, h.no)
  ),
  -- What a container would hold by chance, with the same biomass in all (even), and how full that makes it.
  dest as (
    select d.*, d.drawn / sum(d.drawn) over () as chance, 1 / d.weight_g / sum(1 / d.weight_g) over () as even,
           v_grading.fullest * 1000 * d.max_biomass_kg / d.weight_g
             / (select case when bool_or(s.is_tray) then v_stay.eggs else sum(s.fish) end from source s) as most
    from (
      select c.assignment_no, c.place, c.containers, k.max_biomass_kg,
             power(greatest(0.1, v_end + h.size), 3) as weight_g,
             power(greatest(0.1, 1 + h.size / v_moved), -3 * v_grading.number_by_weight)
               * exp(v_stay.number_sd * aquaseed.z(v_draw # c.assignment_key, 1)) as drawn
      from (
        select x.*, count(*) over () as containers,
               row_number() over (order by aquaseed.u(v_draw # x.assignment_key, 0), x.assignment_no) as place
        from aquaseed.schedule_container x
        where x.batch_no = p_batch_no and x.life_stage_no = p_life_stage_no
      ) c
      join aquaseed.container k on k.container_id = c.container_id
      join half h on (c.place - 0.5) / c.containers >= h.before and (c.place - 0.5) / c.containers < h.upto
    ) d
  ),
  cut as (
    select d.assignment_no, d.place, coalesce(
             -- A container that nearly ends where a half does ends there.
             (select max(h.upto) from half h where abs(h.upto - d.upto) < v_grading.whole / d.containers),
             d.upto) as upto
    from (
      select x.assignment_no, x.place, x.containers,
             round(sum((1 - m.mixed) * x.chance + m.mixed * x.even) over (order by x.place) * 1e9) / 1e9 as upto
      from dest x
      cross join (
        -- Null where nothing is too full; least() would pass over that.
        select least(1, coalesce(max((y.chance - y.most) / (y.chance - y.even))
                                   filter (where y.chance > y.most and y.chance > y.even), 0)) as mixed
        from dest y
      ) m
    ) d
  ),
  piece as (
    select h.assignment_no as from_no, c.assignment_no as to_no, h.factor,
           (least(h.upto, c.upto) - greatest(h.before, c.before)) as length
    from half h
    join (
      select x.*, lag(x.upto, 1, 0::double precision) over (order by x.place) as before from cut x
    ) c on c.before < h.upto and c.upto > h.before
  )
  select p.from_no, p.to_no,
         round(sum(p.length) / sum(sum(p.length)) over (partition by p.from_no) * 1e6) / 1e6,
         round(sum(p.length * p.factor) / sum(p.length) * 1e6) / 1e6
  from piece p
  where p.length > 1e-6
  group by p.from_no, p.to_no;
end
$$;

comment on function aquaseed._plan_grading(integer, integer, bigint) is
  'Parts of the containers of a batch that go into those of a stage, graded by size: share, weight against the mean.';
