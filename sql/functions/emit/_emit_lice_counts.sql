-- Weekly lice counts of each ring: a row per type that was found, and when nothing was found at all one of the adult
-- female of the salmon louse with 0. Young stages follow the adult females that they will be. What is found on the fish
-- is negative binomial: Poisson with a gamma mean (Wilson-Hilferty from one normal draw).
create or replace function aquaseed._emit_lice_counts(p_batch_no integer, p_seed bigint, p_leaf text)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('health_licecount');
  v_count aquaseed.lice_count := aquaseed.settings('health.lice_count', null::aquaseed.lice_count);
  v_methods aquaseed.detection[] := array[
    (v_count.detection).manual, (v_count.detection).visual, (v_count.detection).camera];
  v_rows bigint;
begin
  execute format($insert$
    with kind as materialized (
      select * from aquaseed._lice_types()
    ),
    path as materialized (
      select l.assignment_no, min(l.day) as first_day, array_agg(l.adult_female order by l.day) as females
      from aquaseed.lice_day l
      where l.batch_no = $1
      group by l.assignment_no
    ),
    sample as materialized (
      select d.assignment_no, d.day, d.container_id, least(($3).fish, d.fish_end) as fish, s.assignment_key,
             b.start_date, p.females, d.day - p.first_day + 1 as no, cardinality(p.females) as days,
             (($4).low + (($4).high - ($4).low) * (1 + aquaseed.season(t.no, ($4).phi)) / 2)
               * exp(aquaseed.value_noise($6 # a.noise_key, t.no, ($4).tau, ($4).sigma) - ($4).sigma ^ 2 / 2)
               * (1 - exp(-(d.day - p.first_day) / ($4).settle_days)) as caligus,
             1 + (m.u >= (($5)[1]).share)::integer + (m.u >= (($5)[1]).share + (($5)[2]).share)::integer as method,
             exists (select from aquaseed.procedure x
                     where x.batch_no = $1 and x.kind = 'delousing' and x.assignment_no = d.assignment_no
                       and d.day - x.day between 0 and ($3).every_days - 1) as treated
      from aquaseed.assignment_day d
      join aquaseed.schedule_batch b on b.batch_no = d.batch_no
      join aquaseed.schedule_stage g on g.batch_no = d.batch_no and g.stage_order = d.stage_order
      join aquaseed.area a on a.area_id = g.area_id
      join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
      join path p on p.assignment_no = d.assignment_no and p.first_day <= d.day
      cross join lateral (select aquaseed.day_no(b.start_date + d.day) as no) t
      cross join lateral (select aquaseed.u($7 # s.assignment_key, d.day) as u) m
      where d.batch_no = $1 and d.day < b.days and d.fish_end > 0
        and aquaseed._is_sampled(d.day, g.start_day, d.assignment_no, ($3).every_days)
    ),
    drawn as (
      select s.assignment_no, s.day, k.type_no, k.lice_type_id,
             aquaseed.poisson(
               round(s.fish * k.factor
                 * case when k.of_caligus then s.caligus else s.females[least(s.no + k.days_ahead, s.days)] end
                 * power(greatest(0, 1 - 1 / (9 * ($3).dispersion)
                                     + aquaseed.z($8 # s.assignment_key, s.day * 100 + k.type_no)
                                       / (3 * sqrt(($3).dispersion))), 3) * 1e6) / 1e6,
               aquaseed.u($9 # s.assignment_key, s.day * 100 + k.type_no)) as n
      from sample s
      cross join kind k
    ),
    found as (
      select r.*, sum(r.n) over (partition by r.assignment_no, r.day) as all_types
      from drawn r
    )
    insert into public.%I
      (id, count_date, adult_female_count, adult_male_count, juvenile_count, fish_sampled, notes, batch_id,
       container_id, user_id, confidence_level, count_value, detection_method, lice_type_id, assignment_id)
    select $1 * $2 + (f.assignment_no * 1000 + f.day) * 100 + f.type_no,
           (s.start_date + s.day + time '13:00') at time zone 'UTC',
           -- AquaMind accepts either these three or a type with its count, never both.
           0, 0, 0, s.fish, case when s.treated then 'First count after delousing' else '' end,
           $1, s.container_id, $10,
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
        aquaseed.stream(p_seed, 'lice count'), aquaseed._user_id('operator_01');
  get diagnostics v_rows = row_count;
  return jsonb_build_object('health_licecount', v_rows);
end
$$;

comment on function aquaseed._emit_lice_counts(integer, bigint, text) is
  'health_licecount of one batch into its leaf: weekly per ring, a row per type found (number on all fish sampled).';
