-- Health samplings that have been entered: fish are weighed and measured in steps by their weight, and scored
-- (_emit_health_scores). The aggregates of a sampling are computed from the rounded values of its own fish, so they
-- agree exactly.
create or replace function aquaseed._emit_health_samples(
  p_batch_no integer, p_seed bigint, p_fish_leaf text, p_score_leaf text
)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event_block bigint := aquaseed.id_block('health_healthsamplingevent');
  v_fish_block bigint := aquaseed.id_block('health_individualfishobservation');
  v_sampling aquaseed.fish_sampling := aquaseed.settings('biology.sampling', null::aquaseed.fish_sampling);
  -- Where the configuration has nobody of the role.
  v_measuring aquaseed.measuring := aquaseed.settings('biology.sampling.measuring', null::aquaseed.measuring);
  v_measure bigint := aquaseed.stream(p_seed, 'health sample');
  v_words jsonb := aquaseed.setting_tree('health.words');
  v_empty aquaseed.between := aquaseed.settings('health.words.empty.health', null::aquaseed.between);
  -- Those that are entered now: most days have none.
  v_samplings aquaseed.health_sampling[] := array(
    select h
    from aquaseed._health_samplings(p_batch_no, p_seed) h
    join aquaseed.schedule_batch b on b.batch_no = p_batch_no and h.entry_day >= b.emitted_days and h.entry_day < b.days
    order by h.day
  );
  v_events bigint := 0;
  v_fish bigint := 0;
  v_scores bigint := 0;
begin
  if cardinality(v_samplings) = 0 then
    return jsonb_build_object('health_healthsamplingevent', v_events, 'health_individualfishobservation', v_fish,
                              'health_fishparameterscore', v_scores);
  end if;
  execute format($insert$
    with duty as materialized (
      select u.life_stage_no, u.day, u.vet_id from aquaseed._duty($1, $3) u
    ),
    sample as materialized (
      select h.assignment_no, h.day, h.fish, d.weight_g, u.vet_id,
             w.habit, d.temperature_c, aquaseed.u($4 # s.assignment_key, 10000 + h.day)
               >= aquaseed.evenly($13, aquaseed.u(w.habit, 11)) as is_noted,
             s.assignment_key, b.start_date + h.day as on_date,
             (b.start_date + h.day)::timestamp at time zone 'UTC' + make_interval(secs => h.entered) as at,
             t.cv_from + (t.cv_to - t.cv_from) * f.done as cv, t.k_from + (t.k_to - t.k_from) * f.done as k,
             exists (select from aquaseed.procedure x
                     where x.batch_no = $1 and x.assignment_no = h.assignment_no
                       and h.day - x.day between 0 and $6) as treated
      from unnest($14) h
      join aquaseed.assignment_day d on d.batch_no = $1 and d.assignment_no = h.assignment_no and d.day = h.day
      join aquaseed.schedule_batch b on b.batch_no = $1
      join aquaseed.schedule_stay g on g.batch_no = $1 and g.life_stage_no = h.life_stage_no
      join aquaseed.life_stage t on t.life_stage_no = h.life_stage_no
      join aquaseed.schedule_container s on s.batch_no = $1 and s.assignment_no = h.assignment_no
      join aquaseed._site_habits($1, $3) w on w.life_stage_no = h.life_stage_no
      left join duty u on u.life_stage_no = h.life_stage_no and u.day = h.day
      cross join lateral (select least(1, (h.day - g.start_day)::double precision / t.days) as done) f
    ),
    fish as materialized (
      select s.*, n.no, w.weight,
             round((power(100 * w.weight::double precision / k.k, 1 / 3.0::double precision)
               / $10[m.no])::numeric) * $10[m.no]::numeric as length
      from sample s
      cross join lateral generate_series(1, s.fish) n(no)
      cross join lateral (
        select aquaseed.z($4 # s.assignment_key, s.day * 1000 + n.no) as size,
               aquaseed.z($4 # s.assignment_key, -s.day * 1000 - n.no) as shape
      ) z
      cross join lateral (
        select greatest(0.05 * s.weight_g, 0.01, case when s.weight_g < $8
            then s.weight_g * exp(sqrt(ln(1 + s.cv ^ 2)) * z.size - ln(1 + s.cv ^ 2) / 2)
            else s.weight_g * (1 + s.cv * z.size) end) as g
        offset 0
      ) x
      cross join lateral (select width_bucket(x.g, $11) + 1 as no offset 0) m
      cross join lateral (
        select greatest(1, round((x.g / $9[m.no])::numeric)) * $9[m.no]::numeric as weight
        offset 0
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
           case when f.is_noted then
             aquaseed._compose($12, 'health', f.habit, $4 # f.assignment_key # f.day::bigint,
               jsonb_build_object('fish', f.fish, 'average', round(avg(f.weight)), 'least', trim_scale(min(f.weight)),
                 'most', trim_scale(max(f.weight)), 'k', round(avg(100 * f.weight / nullif(f.length, 0) ^ 3), 2),
                 'temperature', to_char(f.temperature_c, 'FM990.0')),
               case when f.treated then 'Fish recently treated.' end)
           end,
           f.at, f.at, $1 * 100 + f.assignment_no, f.vet_id,
           round(avg(100 * f.weight / nullif(f.length, 0) ^ 3), 4), round(avg(f.length), 2), round(avg(f.weight), 2),
           count(*), max(f.length), max(f.weight), min(f.length), min(f.weight), round(stddev_samp(f.length), 2),
           round(stddev_samp(f.weight), 2)
    from fish f
    group by f.assignment_no, f.day, f.fish, f.on_date, f.at, f.treated, f.vet_id, f.is_noted, f.habit,
             f.temperature_c, f.assignment_key
    order by f.assignment_no, f.day
  $insert$, p_fish_leaf)
  using p_batch_no, v_event_block, p_seed, v_measure, v_fish_block,
        aquaseed.number('health.journal.after_treatment_days')::integer, v_sampling.condition_factor_sd,
        v_sampling.lognormal_below_g, v_measuring.weight_g, v_measuring.length_cm, v_measuring.from_g,
        v_words, v_empty, v_samplings;
  get diagnostics v_events = row_count;

  v_scores := aquaseed._emit_health_scores(p_batch_no, p_seed, p_score_leaf, v_samplings);
  v_fish := (select sum(h.fish) from unnest(v_samplings) h);
  return jsonb_build_object('health_healthsamplingevent', v_events, 'health_individualfishobservation', v_fish,
                            'health_fishparameterscore', v_scores);
end
$$;

comment on function aquaseed._emit_health_samples(integer, bigint, text, text) is
  'health_healthsamplingevent of one batch, its fish (g, cm) and their scores (0 best to 3) into their leaves.';
