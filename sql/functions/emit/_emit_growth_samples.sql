-- Weekly growth samples and their fish. The aggregates of a sample are computed from the rounded values of its
-- own observations, so they agree exactly. Within the statement weights and lengths are integers of 0.01 g and 0.01 cm:
-- as numeric they cost twice as much, and sums of integers do not depend on the order of rows.
create or replace function aquaseed._emit_growth_samples(
  p_batch_no integer, p_seed bigint, p_sample_leaf text, p_fish_leaf text
)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sample_block bigint := aquaseed.id_block('batch_growthsample');
  v_fish_block bigint := aquaseed.id_block('batch_individualgrowthobservation');
  v_plan aquaseed.sampling_plan := aquaseed.settings('biology.sampling.growth', null::aquaseed.sampling_plan);
  v_sampling aquaseed.fish_sampling := aquaseed.settings('biology.sampling', null::aquaseed.fish_sampling);
  v_samples bigint;
begin
  if v_plan.fish > 99 then
    raise exception 'biology.sampling.growth.fish is %, at most 99 fit', v_plan.fish using errcode = 'AQ002';
  end if;
  execute format($insert$
    with sample as materialized (
      select d.assignment_no, d.day, b.start_date + d.day as on_date, d.weight_g, s.assignment_key,
             (b.start_date + d.day + time '14:00') at time zone 'UTC' as at,
             v.cv, sqrt(ln(1 + v.cv ^ 2)) as log_sd, ln(1 + v.cv ^ 2) / 2 as log_shift,
             t.k_from + (t.k_to - t.k_from) * f.done as k
      from aquaseed.assignment_day d
      join aquaseed.schedule_batch b on b.batch_no = d.batch_no
      join aquaseed.schedule_stage g on g.batch_no = d.batch_no and g.stage_order = d.stage_order
      join aquaseed.stage t on t.stage_order = d.stage_order
      join aquaseed.schedule_container s on s.batch_no = d.batch_no and s.assignment_no = d.assignment_no
      cross join lateral (select least(1, (d.day - g.start_day)::double precision / t.days) as done) f
      cross join lateral (select t.cv_from + (t.cv_to - t.cv_from) * f.done as cv) v
      where d.batch_no = $1 and d.day < b.days and d.stage_order >= $5 and d.fish_end > 0
        and aquaseed._is_sampled(d.day, g.start_day, d.assignment_no, $6)
    ),
    fish as materialized (
      select s.assignment_no, s.day, s.on_date, s.at, n.no, w.weight,
             (100 * power(w.weight / k.k, 1 / 3.0::double precision))::integer as length
      from sample s
      cross join generate_series(1, $4) n(no)
      cross join lateral (
        select aquaseed.z($3 # s.assignment_key, s.day * 1000 + n.no) as size,
               aquaseed.z($3 # s.assignment_key, -s.day * 1000 - n.no) as shape
      ) z
      cross join lateral (
        select (100 * greatest(0.05 * s.weight_g, 0.01, case when s.weight_g < $8
            then s.weight_g * exp(s.log_sd * z.size - s.log_shift)
            else s.weight_g * (1 + s.cv * z.size) end))::integer as weight
      ) w
      cross join lateral (select greatest(0.5 * s.k, s.k + $7 * z.shape) as k) k
    ),
    observed as (
      insert into public.%I (id, fish_identifier, weight_g, length_cm, created_at, updated_at, growth_sample_id)
      select $1 * $9 + (f.assignment_no * 1000 + f.day) * 100 + f.no, f.no::text, f.weight * 0.01, f.length * 0.01,
             f.at, f.at, $1 * $2 + f.assignment_no * 1000 + f.day
      from fish f
      order by f.assignment_no, f.day, f.no
    )
    insert into public.%I
      (id, sample_date, sample_size, avg_weight_g, avg_length_cm, std_deviation_weight, std_deviation_length,
       min_weight_g, max_weight_g, condition_factor, notes, created_at, updated_at, assignment_id)
    select $1 * $2 + f.assignment_no * 1000 + f.day, f.on_date, count(*),
           round(sum(f.weight) / (100.0 * count(*)), 2), round(sum(f.length) / (100.0 * count(*)), 2),
           round(sqrt((count(*) * sum(f.weight * f.weight::bigint) - sum(f.weight)::numeric ^ 2)
             / nullif(count(*) * (count(*) - 1.0), 0)) / 100, 2),
           round(sqrt((count(*) * sum(f.length * f.length::bigint) - sum(f.length)::numeric ^ 2)
             / nullif(count(*) * (count(*) - 1.0), 0)) / 100, 2),
           min(f.weight) * 0.01, max(f.weight) * 0.01,
           -- In units of 1e-12: a sum of integers again.
           round(sum((1e18::double precision * f.weight / nullif(f.length, 0) ^ 3)::bigint)
             / (1e12 * count(nullif(f.length, 0))), 2),
           null, f.at, f.at, $1 * 100 + f.assignment_no
    from fish f
    group by f.assignment_no, f.day, f.on_date, f.at
    order by f.assignment_no, f.day
  $insert$, p_fish_leaf, p_sample_leaf)
  using p_batch_no, v_sample_block, aquaseed.stream(p_seed, 'growth sample'), v_plan.fish, v_plan.first_stage_order,
        v_plan.every_days, v_sampling.condition_factor_sd, v_sampling.lognormal_below_g, v_fish_block;
  get diagnostics v_samples = row_count;
  return jsonb_build_object('batch_growthsample', v_samples,
                            'batch_individualgrowthobservation', v_samples * v_plan.fish);
end
$$;

comment on function aquaseed._emit_growth_samples(integer, bigint, text, text) is
  'batch_growthsample and batch_individualgrowthobservation of a batch into their leaves: weekly, g and cm.';
