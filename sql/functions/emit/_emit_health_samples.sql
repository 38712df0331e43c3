-- Health samplings: fish are weighed, measured and scored 0 (best) to 3 for each parameter. The aggregates of a
-- sampling are computed from the rounded values of its own fish, so they agree exactly. Scores are an ordinal logit.
create or replace function aquaseed._emit_health_samples(
  p_batch_no integer, p_seed bigint, p_fish_leaf text, p_score_leaf text
)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event_block bigint := aquaseed.id_block('health_healthsamplingevent');
  v_fish_block bigint := aquaseed.id_block('health_individualfishobservation');
  v_score_block bigint := aquaseed.id_block('health_fishparameterscore');
  v_sampling aquaseed.fish_sampling := aquaseed.settings('biology.sampling', null::aquaseed.fish_sampling);
  v_scoring aquaseed.health_scoring := aquaseed.settings('health.sampling', null::aquaseed.health_scoring);
  v_vet integer := aquaseed._user_id('vet_01');
  v_measure bigint := aquaseed.stream(p_seed, 'health sample');
  v_events bigint;
  v_fish bigint;
  v_scores bigint;
begin
  execute format($insert$
    with sample as materialized (
      select h.assignment_no, h.day, h.fish, d.weight_g, s.assignment_key, b.start_date + h.day as on_date,
             (b.start_date + h.day + time '10:00') at time zone 'UTC' as at,
             t.cv_from + (t.cv_to - t.cv_from) * f.done as cv, t.k_from + (t.k_to - t.k_from) * f.done as k,
             exists (select from aquaseed.procedure x
                     where x.batch_no = $1 and x.assignment_no = h.assignment_no
                       and h.day - x.day between 0 and $6) as treated
      from aquaseed._health_samplings($1, $3) h
      join aquaseed.assignment_day d on d.batch_no = $1 and d.assignment_no = h.assignment_no and d.day = h.day
      join aquaseed.schedule_batch b on b.batch_no = $1
      join aquaseed.schedule_stage g on g.batch_no = $1 and g.stage_order = h.stage_order
      join aquaseed.stage t on t.stage_order = h.stage_order
      join aquaseed.schedule_container s on s.batch_no = $1 and s.assignment_no = h.assignment_no
      cross join lateral (select least(1, (h.day - g.start_day)::double precision / t.days) as done) f
    ),
    fish as materialized (
      select s.*, n.no, w.weight,
             round(power(100 * w.weight::double precision / k.k, 1 / 3.0::double precision)::numeric, 2) as length
      from sample s
      cross join lateral generate_series(1, s.fish) n(no)
      cross join lateral (
        select aquaseed.z($4 # s.assignment_key, s.day * 1000 + n.no) as size,
               aquaseed.z($4 # s.assignment_key, -s.day * 1000 - n.no) as shape
      ) z
      cross join lateral (
        select round(greatest(0.05 * s.weight_g, 0.01, case when s.weight_g < $8
            then s.weight_g * exp(sqrt(ln(1 + s.cv ^ 2)) * z.size - ln(1 + s.cv ^ 2) / 2)
            else s.weight_g * (1 + s.cv * z.size) end)::numeric, 2) as weight
      ) w
      cross join lateral (select greatest(0.5 * s.k, s.k + $7 * z.shape) as k) k
    ),
    observed as (
      insert into public.%I (id, fish_identifier, length_cm, weight_g, created_at, updated_at, sampling_event_id)
      select $1 * $5 + (f.assignment_no * 1000 + f.day) * 100 + f.no, f.no::text, f.length, f.weight, f.at, f.at,
             $1 * $2 + f.assignment_no * 1000 + f.day
      from fish f
      order by f.assignment_no, f.day, f.no
    )
    insert into public.health_healthsamplingevent
      (id, sampling_date, number_of_fish_sampled, notes, created_at, updated_at, assignment_id, sampled_by_id,
       avg_k_factor, avg_length_cm, avg_weight_g, calculated_sample_size, max_length_cm, max_weight_g, min_length_cm,
       min_weight_g, std_dev_length_cm, std_dev_weight_g)
    select $1 * $2 + f.assignment_no * 1000 + f.day, f.on_date, f.fish,
           case when f.treated then 'Routine sampling, fish recently treated.' else 'Routine sampling.' end,
           f.at, f.at, $1 * 100 + f.assignment_no, $9,
           round(avg(100 * f.weight / nullif(f.length, 0) ^ 3), 4), round(avg(f.length), 2), round(avg(f.weight), 2),
           count(*), max(f.length), max(f.weight), min(f.length), min(f.weight), round(stddev_samp(f.length), 2),
           round(stddev_samp(f.weight), 2)
    from fish f
    group by f.assignment_no, f.day, f.fish, f.on_date, f.at, f.treated
    order by f.assignment_no, f.day
  $insert$, p_fish_leaf)
  using p_batch_no, v_event_block, p_seed, v_measure, v_fish_block,
        aquaseed.number('health.journal.after_treatment_days')::integer, v_sampling.condition_factor_sd,
        v_sampling.lognormal_below_g, v_vet;
  get diagnostics v_events = row_count;

  execute format($insert$
    with sample as materialized (
      select h.assignment_no, h.day, h.fish, s.assignment_key, d.at_sea, aquaseed.day_no(b.start_date + h.day) as no,
             (b.start_date + h.day + time '10:00') at time zone 'UTC' as at, e.treated_day, e.stress_day,
             i.disease, i.bloom
      from aquaseed._health_samplings($1, $3) h
      join aquaseed.schedule_batch b on b.batch_no = $1
      join aquaseed.schedule_stage g on g.batch_no = $1 and g.stage_order = h.stage_order
      join aquaseed.stage t on t.stage_order = h.stage_order
      join aquaseed.assignment a on a.batch_no = $1 and a.assignment_no = h.assignment_no
      join aquaseed.schedule_container s on s.batch_no = $1 and s.assignment_no = h.assignment_no
      cross join lateral (select case when t.habitat = 'sea' then h.day - a.first_day end as at_sea) d
      cross join lateral (
        select coalesce(max(ln(greatest(1, x.size))) filter (
                 where k.effect = 'disease' and h.day between x.from_day and x.to_day), 0) as disease,
               coalesce(bool_or(k.effect = 'bloom' and h.day between x.from_day and x.to_day + $9), false) as bloom,
               max(least(x.to_day, h.day)) filter (where k.is_stress) as last_day
        from aquaseed.incident x
        join aquaseed.list_incident_kinds() k on k.kind = x.kind
        where x.batch_no = $1 and x.stage_order = h.stage_order and x.from_day <= h.day
          and (x.assignment_no is null or x.assignment_no = h.assignment_no)
      ) i
      cross join lateral (
        select max(x.day) as treated_day, greatest(a.first_day, max(x.day), i.last_day) as stress_day
        from aquaseed.procedure x
        where x.batch_no = $1 and x.assignment_no = h.assignment_no and x.day <= h.day
      ) e
    ),
    -- What all fish of a sampling have in common for a parameter.
    expected as materialized (
      select s.assignment_no, s.day, s.fish, s.assignment_key, s.at, p.parameter_no, p.parameter_id,
             p.base + $4 * aquaseed.z($5 # s.assignment_key, 0) + $8 * s.disease
               + case when s.bloom then p.bloom else 0 end
               + coalesce(p.amplitude * aquaseed.season(s.no, p.phi) * (s.at_sea >= 0)::integer, 0)
               + coalesce(p.per_year * s.at_sea / 365.25, 0)
               + coalesce(p.treatment * exp((s.treated_day - s.day) / p.treatment_tau), 0)
               + p.stress * exp((s.stress_day - s.day) / p.stress_tau) as eta
      from sample s
      cross join aquaseed._health_parameters() p
    ),
    latent as (
      select e.assignment_no, e.day, n.no, e.at, e.parameter_no, e.parameter_id,
             round((e.eta + $6 * aquaseed.z($7 # e.assignment_key, e.day * 100 + n.no)
               + ln(u.u / (1 - u.u))) * 1e6) / 1e6 as value
      from expected e
      cross join lateral generate_series(1, e.fish) n(no)
      cross join lateral (
        select aquaseed.u($10 # e.assignment_key, (e.day * 100 + n.no) * 10 + e.parameter_no) + 1e-17 as u
      ) u
    )
    insert into public.%I (id, score, created_at, updated_at, individual_fish_observation_id, parameter_id)
    select $1 * $11 + o.no * 10 + l.parameter_no,
           (l.value >= $12[1])::integer + (l.value >= $12[2])::integer + (l.value >= $12[3])::integer, l.at, l.at,
           $1 * $2 + o.no, l.parameter_id
    from latent l
    cross join lateral (select (l.assignment_no * 1000 + l.day) * 100 + l.no as no) o
    order by l.assignment_no, l.day, l.no, l.parameter_no
  $insert$, p_score_leaf)
  using p_batch_no, v_fish_block, p_seed, v_scoring.ring_sd, aquaseed.stream(p_seed, 'health of a container'),
        v_scoring.fish_sd, aquaseed.stream(p_seed, 'health of a fish'), v_scoring.disease, v_scoring.bloom_days,
        aquaseed.stream(p_seed, 'health score'), v_score_block, v_scoring.cut_points;
  get diagnostics v_scores = row_count;
  v_fish := (select coalesce(sum(h.fish), 0) from aquaseed._health_samplings(p_batch_no, p_seed) h);
  return jsonb_build_object('health_healthsamplingevent', v_events, 'health_individualfishobservation', v_fish,
                            'health_fishparameterscore', v_scores);
end
$$;

comment on function aquaseed._emit_health_samples(integer, bigint, text, text) is
  'health_healthsamplingevent of one batch, its fish (g, cm) and their scores (0 best to 3) into their leaves.';
