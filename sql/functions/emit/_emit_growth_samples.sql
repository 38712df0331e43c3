-- Growth samples of the rounds (_growth_rounds) and their fish, once they have been entered. Fish are weighed and
-- measured in steps by their weight (biology.sampling.measuring). The aggregates of a sample are computed from the
-- rounded values of its own observations, so they agree exactly. Within the statement weights and lengths are integers
-- of 0.01 g and 0.01 cm: as numeric they cost twice as much, and sums of integers do not depend on the order of rows.
-- What is noted is what was seen in the sample.
create or replace function aquaseed._emit_growth_samples(
  p_batch_no integer, p_seed bigint, p_sample_leaf text, p_fish_leaf text
)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sample_block bigint := aquaseed.id_block('batch_growthsample');
  v_fish_block bigint := aquaseed.id_block('batch_individualgrowthobservation');
  v_plan aquaseed.growth_rounds := aquaseed.settings('biology.sampling.growth', null::aquaseed.growth_rounds);
  v_sampling aquaseed.fish_sampling := aquaseed.settings('biology.sampling', null::aquaseed.fish_sampling);
  v_measuring aquaseed.measuring := aquaseed.settings('biology.sampling.measuring', null::aquaseed.measuring);
  v_words jsonb := aquaseed.setting_tree('health.words');
  v_empty aquaseed.between := aquaseed.settings('health.words.empty.growth', null::aquaseed.between);
  v_samples bigint;
  v_fish bigint;
begin
  execute format($insert$
    with habits as materialized (
      select h.life_stage_no, h.habit, aquaseed.evenly($15, aquaseed.u(h.habit, 10)) as empty
      from aquaseed._site_habits($1, $6) h
    ),
    sample as materialized (
      select d.assignment_no, h.habit, d.temperature_c,
             aquaseed.u($10 # s.assignment_key, 10000 + d.day) >= h.empty as is_noted, d.day,
             b.start_date + d.day as on_date, d.weight_g, s.assignment_key,
             (b.start_date + d.day)::timestamp at time zone 'UTC'
               -- Container after container.
               + make_interval(secs => r.entered + floor(300 * aquaseed.u($10 # s.assignment_key, d.day))) as at,
             greatest(1, least(99, d.fish_end,
               $4 + ($5 * aquaseed.z($10 # s.assignment_key, -1 - d.day))::integer)) as fish,
             v.cv, sqrt(ln(1 + v.cv ^ 2)) as log_sd, ln(1 + v.cv ^ 2) / 2 as log_shift,
             t.k_from + (t.k_to - t.k_from) * f.done as k
      from aquaseed._growth_rounds($1, $6) r
      join aquaseed.assignment_day d on d.batch_no = $1 and d.life_stage_no = r.life_stage_no and d.day = r.day
      join aquaseed.schedule_batch b on b.batch_no = d.batch_no
      join aquaseed.schedule_stay g on g.batch_no = d.batch_no and g.life_stage_no = d.life_stage_no
      join aquaseed.life_stage t on t.life_stage_no = d.life_stage_no
      join habits h on h.life_stage_no = d.life_stage_no
      join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
      cross join lateral (select least(1, (d.day - g.start_day)::double precision / t.days) as done) f
      cross join lateral (select t.cv_from + (t.cv_to - t.cv_from) * f.done as cv) v
      where r.entry_day >= b.emitted_days and r.entry_day < b.days and d.fish_end > 0
    ),
    fish as materialized (
      select s.assignment_no, s.day, s.at, n.no, w.weight,
             ((100 * power(w.weight / k.k, 1 / 3.0::double precision)) / w.length_step)::integer * w.length_step
               as length
      from sample s
      cross join lateral generate_series(1, s.fish) n(no)
      cross join lateral (
        select aquaseed.z($3 # s.assignment_key, s.day * 1000 + n.no) as size,
               aquaseed.z($3 # s.assignment_key, -s.day * 1000 - n.no) as shape
      ) z
      cross join lateral (
        select greatest(0.05 * s.weight_g, 0.01, case when s.weight_g < $8
            then s.weight_g * exp(s.log_sd * z.size - s.log_shift)
            else s.weight_g * (1 + s.cv * z.size) end) as g
        offset 0
      ) x
      cross join lateral (select width_bucket(x.g, $11) + 1 as step) y
      cross join lateral (
        select greatest(1, (100 * x.g / $12[y.step])::integer) * $12[y.step] as weight, $13[y.step] as length_step
        offset 0
      ) w
      cross join lateral (select greatest(0.5 * s.k, s.k + $7 * z.shape) as k) k
    ),
    sum as materialized (
      select f.assignment_no, f.day, count(*)::integer as fish,
             round(sum(f.weight) / (100.0 * count(*)), 2) as weight,
             round(sum(f.length) / (100.0 * count(*)), 2) as length,
             round(sqrt((count(*) * sum(f.weight * f.weight::bigint) - sum(f.weight)::numeric ^ 2)
               / nullif(count(*) * (count(*) - 1.0), 0)) / 100, 2) as weight_sd,
             round(sqrt((count(*) * sum(f.length * f.length::bigint) - sum(f.length)::numeric ^ 2)
               / nullif(count(*) * (count(*) - 1.0), 0)) / 100, 2) as length_sd,
             (min(f.weight) * 0.01)::numeric(10, 2) as least, (max(f.weight) * 0.01)::numeric(10, 2) as most,
             -- In units of 1e-12: a sum of integers again.
             round(sum((1e18::double precision * f.weight / nullif(f.length, 0) ^ 3)::bigint)
               / (1e12 * count(nullif(f.length, 0))), 2) as k
      from fish f
      group by f.assignment_no, f.day
    ),
    observed as (
      insert into public.%I (id, fish_identifier, weight_g, length_cm, created_at, updated_at, growth_sample_id)
      select $1 * $9 + (f.assignment_no * 1000 + f.day) * 100 + f.no, f.no::text, f.weight * 0.01, f.length * 0.01,
             f.at, f.at, $1 * $2 + f.assignment_no * 1000 + f.day
      from fish f
      order by f.assignment_no, f.day, f.no
    ),
    sampled as (
      insert into public.%I
        (id, sample_date, sample_size, avg_weight_g, avg_length_cm, std_deviation_weight, std_deviation_length,
         min_weight_g, max_weight_g, condition_factor, notes, created_at, updated_at, assignment_id)
      select $1 * $2 + m.assignment_no * 1000 + m.day, s.on_date, m.fish, m.weight, m.length, m.weight_sd, m.length_sd,
             m.least, m.most, m.k,
             case when s.is_noted then aquaseed._compose($14, 'growth', s.habit, $10 # s.assignment_key # m.day::bigint,
               jsonb_build_object('fish', m.fish, 'average', trim_scale(m.weight), 'least', trim_scale(m.least),
                 'most', trim_scale(m.most), 'k', m.k, 'temperature', to_char(s.temperature_c, 'FM990.0'))) end,
             s.at, s.at, $1 * 100 + m.assignment_no
      from sum m
      join sample s on s.assignment_no = m.assignment_no and s.day = m.day
      order by m.assignment_no, m.day
      returning sample_size
    )
    select count(*), coalesce(sum(s.sample_size), 0) from sampled s
  $insert$, p_fish_leaf, p_sample_leaf)
  into v_samples, v_fish
  using p_batch_no, v_sample_block, aquaseed.stream(p_seed, 'growth sample'), v_plan.fish, v_plan.size_sd, p_seed,
        v_sampling.condition_factor_sd, v_sampling.lognormal_below_g, v_fish_block,
        aquaseed.stream(p_seed, 'growth sample size'), v_measuring.from_g,
        array(select (100 * x)::integer from unnest(v_measuring.weight_g) x),
        array(select (100 * x)::integer from unnest(v_measuring.length_cm) x), v_words, v_empty;
  return jsonb_build_object('batch_growthsample', v_samples, 'batch_individualgrowthobservation', v_fish);
end
$$;

comment on function aquaseed._emit_growth_samples(integer, bigint, text, text) is
  'batch_growthsample and batch_individualgrowthobservation of a batch into their leaves: by rounds, g and cm.';
