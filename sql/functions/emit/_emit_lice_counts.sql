-- Lice counts of each ring (_lice_rounds): a row per type that was found, and when nothing was found at all one of the
-- adult female of the salmon louse with 0. Young stages are the adult females that the ring would have so many days
-- later if nobody treated (_lice_path), fewer for a while after a delousing. What is found on the fish is negative
-- binomial: Poisson with a gamma mean (Wilson-Hilferty from one normal draw). Some numbers counted by hand are rounded.
create or replace function aquaseed._emit_lice_counts(p_batch_no integer, p_seed bigint, p_leaf text)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('health_licecount');
  v_count aquaseed.lice_count := aquaseed.settings('health.lice_count', null::aquaseed.lice_count);
  v_young aquaseed.young_lice := v_count.young;
  v_heaping aquaseed.heaping := v_count.heaping;
  v_ring aquaseed.spread := aquaseed.settings('health.lice.ring', null::aquaseed.spread);
  v_sea smallint := (select max(t.life_stage_no) from aquaseed.life_stage t where t.habitat = 'sea');
  v_methods aquaseed.detection[] := array[
    (v_count.detection).manual, (v_count.detection).visual, (v_count.detection).camera];
  v_rows bigint;
begin
  -- Nothing is counted before the sea.
  if not exists (
    select from aquaseed.schedule_stay s
    join aquaseed.schedule_batch b on b.batch_no = s.batch_no and b.days > s.start_day
    where s.batch_no = p_batch_no and s.area_id is not null
  ) then
    return jsonb_build_object('health_licecount', 0);
  end if;
  execute format($insert$
    with kind as materialized (
      select * from aquaseed._lice_types()
    ),
    path as materialized (
      select x.r, x.s from aquaseed._lice_path($1, $10, $11) x
    ),
    duty as materialized (
      select o.life_stage_no, o.day, o.operator_id from aquaseed._duty($1, $11) o
    ),
    sample as materialized (
      select d.assignment_no, d.day, d.container_id, o.operator_id, s.assignment_key, b.start_date, l.adult_female,
             least(d.fish_end, greatest(1,
               ($3).fish + round(($3).fish_sd * aquaseed.z($12 # s.assignment_key, d.day))::integer)) as fish,
             d.day - g.start_day + 1 as no, v.is_first_after,
             exp(($13).mean + ($13).sd * aquaseed.z($14 # s.assignment_key, 0)) as factor,
             -- The rings of a site about the same hour.
             aquaseed.task_minute($18, $19, aquaseed.u($20 # a.noise_key, t.no),
                                  aquaseed.z($20 # s.assignment_key, d.day)) as minute,
             coalesce(1 - ($15).efficacy * exp(-(d.day - v.deloused) / ($15).tau), 1) as young,
             (($4).low + (($4).high - ($4).low) * (1 + aquaseed.season(t.no, ($4).phi)) / 2)
               * exp(aquaseed.value_noise($6 # a.noise_key, t.no, ($4).tau, ($4).sigma) - ($4).sigma ^ 2 / 2)
               * (1 - exp(-(d.day - f.first_day) / ($4).settle_days)) as caligus,
             1 + (m.u >= (($5)[1]).share)::integer + (m.u >= (($5)[1]).share + (($5)[2]).share)::integer as method
      from aquaseed._lice_rounds($1, $11) v
      join aquaseed.assignment_day d on d.batch_no = $1 and d.assignment_no = v.assignment_no and d.day = v.day
      join aquaseed.lice_day l on l.batch_no = $1 and l.assignment_no = v.assignment_no and l.day = v.day
      join aquaseed.schedule_batch b on b.batch_no = $1
      join aquaseed.schedule_stay g on g.batch_no = $1 and g.life_stage_no = d.life_stage_no
      join aquaseed.area a on a.area_id = g.area_id
      join aquaseed.schedule_container s on s.batch_no = $1 and s.assignment_no = v.assignment_no
      join aquaseed.assignment f on f.batch_no = $1 and f.assignment_no = v.assignment_no
      join duty o on o.life_stage_no = d.life_stage_no and o.day = d.day
      cross join lateral (select aquaseed.day_no(b.start_date + d.day) as no) t
      cross join lateral (select aquaseed.u($7 # s.assignment_key, d.day) as u) m
      where d.fish_end > 0 and d.day >= b.emitted_days
    ),
    -- Materialized, and the path by sub-select: else its arrays go through the sort below with every row.
    drawn as materialized (
      select s.assignment_no, s.day, k.type_no, k.lice_type_id, s.method, s.assignment_key,
             aquaseed.poisson(
               round(s.fish * k.factor
                 * case when k.of_caligus then s.caligus
                     when k.days_ahead = 0 then s.adult_female
                     else s.young * exp((select p.r from path p)[s.no + k.days_ahead])
                       * (s.adult_female * exp(-(select p.r from path p)[s.no])
                          + s.factor * ((select p.s from path p)[s.no + k.days_ahead]
                                        - (select p.s from path p)[s.no])) end
                 * power(greatest(0, 1 - 1 / (9 * ($3).dispersion)
                                     + aquaseed.z($8 # s.assignment_key, s.day * 100 + k.type_no)
                                       / (3 * sqrt(($3).dispersion))), 3) * 1e6) / 1e6,
               aquaseed.u($9 # s.assignment_key, s.day * 100 + k.type_no)) as n
      from sample s
      cross join kind k
    ),
    found as (
      select r.assignment_no, r.day, r.type_no, r.lice_type_id, h.n,
             sum(h.n) over (partition by r.assignment_no, r.day) as all_types
      from drawn r
      cross join lateral (
        select case when r.method = 1 and r.n > ($16).above
                      and aquaseed.u($17 # r.assignment_key, r.day * 100 + r.type_no) < ($16).share
                 then round(r.n::double precision / ($16).step)::integer * ($16).step else r.n end as n
      ) h
    )
    insert into public.%I
      (id, count_date, adult_female_count, adult_male_count, juvenile_count, fish_sampled, notes, batch_id,
       container_id, user_id, confidence_level, count_value, detection_method, lice_type_id, assignment_id)
    select $1 * $2 + (f.assignment_no * 1000 + f.day) * 100 + f.type_no,
           (s.start_date + s.day + make_interval(mins => s.minute)) at time zone 'UTC',
           -- AquaMind accepts either these three or a type with its count, never both.
           0, 0, 0, s.fish, case when s.is_first_after then 'First count after delousing' else '' end,
           $1, s.container_id, s.operator_id,
           round(least(1, greatest(0, (($5)[s.method]).confidence
             + (($5)[s.method]).sd * aquaseed.z($7 # s.assignment_key, s.day)))::numeric, 2),
           f.n, (array['manual', 'visual', 'camera'])[s.method], f.lice_type_id, $1 * 100 + f.assignment_no
    from found f
    join sample s on s.assignment_no = f.assignment_no and s.day = f.day
    where f.n > 0 or (f.all_types = 0 and f.type_no = 0)
    order by f.assignment_no, f.day, f.type_no
  $insert$, p_leaf)
  using p_batch_no, v_block, v_count, v_count.caligus, v_methods, aquaseed.stream(p_seed, 'caligus'),
        aquaseed.stream(p_seed, 'lice detection'), aquaseed.stream(p_seed, 'lice spread'),
        aquaseed.stream(p_seed, 'lice count'), v_sea, p_seed, aquaseed.stream(p_seed, 'fish of a lice count'), v_ring,
        aquaseed.stream(p_seed, 'lice of a ring'), v_young, v_heaping,
        aquaseed.stream(p_seed, 'heaping of lice counts'),
        aquaseed.settings('work.tasks', null::aquaseed.task_hours, 'lice_count'),
        aquaseed.number('work.spread_minutes'), aquaseed.stream(p_seed, 'hour of lice counts');
  get diagnostics v_rows = row_count;
  return jsonb_build_object('health_licecount', v_rows);
end
$$;

comment on function aquaseed._emit_lice_counts(integer, bigint, text) is
  'health_licecount of one batch into its leaf: a row per type found (number on all fish sampled).';
