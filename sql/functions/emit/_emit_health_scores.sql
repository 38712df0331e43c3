-- Scores of the fish of health samplings, 0 (best) to 3 for each parameter: an ordinal logit.
create or replace function aquaseed._emit_health_scores(
  p_batch_no integer, p_seed bigint, p_score_leaf text, p_samplings aquaseed.health_sampling[]
)
returns bigint language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fish_block bigint := aquaseed.id_block('health_individualfishobservation');
  v_score_block bigint := aquaseed.id_block('health_fishparameterscore');
  v_scoring aquaseed.health_scoring := aquaseed.settings('health.sampling', null::aquaseed.health_scoring);
  v_rows bigint;
begin
  execute format($insert$
    with sample as materialized (
      select h.assignment_no, h.day, h.fish, s.assignment_key, d.at_sea, aquaseed.day_no(b.start_date + h.day) as no,
             (b.start_date + h.day)::timestamp at time zone 'UTC' + make_interval(secs => h.entered) as at,
             e.treated_day, e.stress_day,
             i.disease, i.bloom
      from unnest($3) h
      join aquaseed.schedule_batch b on b.batch_no = $1
      join aquaseed.schedule_stay g on g.batch_no = $1 and g.life_stage_no = h.life_stage_no
      join aquaseed.life_stage t on t.life_stage_no = h.life_stage_no
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
        where x.batch_no = $1 and x.life_stage_no = h.life_stage_no and x.from_day <= h.day
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
  using p_batch_no, v_fish_block, p_samplings, v_scoring.ring_sd, aquaseed.stream(p_seed, 'health of a container'),
        v_scoring.fish_sd, aquaseed.stream(p_seed, 'health of a fish'), v_scoring.disease, v_scoring.bloom_days,
        aquaseed.stream(p_seed, 'health score'), v_score_block, v_scoring.cut_points;
  get diagnostics v_rows = row_count;
  return v_rows;
end
$$;

comment on function aquaseed._emit_health_scores(integer, bigint, text, aquaseed.health_sampling[]) is
  'health_fishparameterscore of one batch, 0 best to 3, into its leaf. Returns the rows.';
