-- What goes wrong while a batch is in a stage (aquaseed.incident; config/incidents.yaml). The functions
-- aquaseed._draw_<name>(incident_stay, bigint) in this folder that list_incident_kinds names are asked what its places
-- draw, those of disasters where there are any; what the stage does not meet is left out here. Draws are keyed by place
-- and year, not by batch, so that all batches of an area or hall meet the same incident. One of a place may begin
-- before the batch comes and end after it leaves.
create or replace function aquaseed._plan_incidents(p_batch_no integer, p_life_stage_no integer, p_seed bigint)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stay aquaseed.incident_stay;
  v_draws text;
begin
  if not aquaseed.incidents_enabled() then
    return;
  end if;
  v_stay := aquaseed._stay_of_incidents(p_batch_no, p_life_stage_no);
  v_draws := (
    select string_agg(format('select * from aquaseed.%I($1, $2)', '_draw_' || k.drawn_by), ' union all '
                      order by k.drawn_by collate "C")
    from (
      select distinct x.drawn_by
      from aquaseed.list_incident_kinds() x
      where x.drawn_by is not null and (not x.is_disaster or aquaseed.disasters_enabled())
    ) k
  );
  execute format($insert$
    insert into aquaseed.incident
      (batch_no, incident_no, kind, life_stage_no, assignment_no, parameter_no, slot, from_day, to_day, size, level,
       place, incident_key, detail)
    select ($1).batch_no,
           ($1).life_stage_no * 10000
             + row_number() over (order by d.kind, d.from_day, d.assignment_no nulls first, d.parameter_no nulls first,
                                           d.slot nulls first) + 10,
           d.kind, ($1).life_stage_no, d.assignment_no, d.parameter_no, d.slot, d.from_day, d.from_day + d.days - 1,
           round(d.size * 1e6) / 1e6, round(d.level * 1e6) / 1e6, d.place, d.incident_key, d.detail
    from (%s) d
    left join aquaseed.assignment a on a.batch_no = ($1).batch_no and a.assignment_no = d.assignment_no
    where d.from_day <= coalesce(a.last_day, ($1).last_day)
      and d.from_day + d.days - 1 >= coalesce(a.first_day, ($1).first_day)
  $insert$, v_draws)
  using v_stay, p_seed;
end
$$;

comment on function aquaseed._plan_incidents(integer, integer, bigint) is
  'Incidents that a batch meets in a stage, into aquaseed.incident. Nothing when incidents are not enabled.';
