-- Opens the run of this database and lists its units of work. One run a database: ids follow from the schedule.
create or replace function aquaseed.create_run(
  p_seed bigint, p_as_of date, p_schedule jsonb, p_schedule_name text, p_schedule_digest text, p_config_digest text,
  p_tool_version text, p_predicted jsonb default null, p_owner text default null
)
returns integer language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id constant integer := 1;
begin
  -- Scripts for psql say in a setting of their session that a schedule extends the run (sql/advance.sql).
  if coalesce(current_setting('aquaseed.advance_to', true), '') <> '' then
    if (select r.config_digest from aquaseed.run r) is distinct from p_config_digest then
      raise exception 'the schedule is of another configuration than the run' using errcode = 'AQ012',
        hint = 'Build the database anew: aquaseed refresh.';
    end if;
    perform aquaseed.begin_advance(v_run_id, current_setting('aquaseed.advance_to')::date, p_schedule,
                                   p_schedule_name, p_schedule_digest);
    return v_run_id;
  end if;
  if exists (select from aquaseed.run) then
    raise exception 'this database already holds a run' using errcode = 'AQ004',
      hint = 'Continue it with --resume, look at it with status, or replace it with --replace.';
  end if;
  perform aquaseed._require_configuration(p_config_digest);
  perform aquaseed._check_span(p_schedule, p_as_of);
  perform aquaseed._refuse_strangers();
  insert into aquaseed.run
    (run_id, state, seed, as_of, schedule_name, schedule_digest, config_digest, tool_version, server_version,
     started_at, predicted, profiles, owner)
  values (v_run_id, 'running', p_seed, p_as_of, p_schedule_name, p_schedule_digest, p_config_digest, p_tool_version,
          current_setting('server_version'), clock_timestamp(), p_predicted,
          array(select jsonb_array_elements_text(coalesce(p_schedule #> '{metadata,profiles}', '[]'))),
          -- Scripts for psql say it in a setting of their session.
          aquaseed._resolve_owner(coalesce(p_owner, current_setting('aquaseed.owner', true))));
  perform aquaseed.load_schedule(p_schedule, p_as_of);
  perform aquaseed._give_defaults(true);
  perform aquaseed._create_leaves(1);
  if (select o.adopted from aquaseed.ownership o) = 'plain' then
    perform aquaseed._strip_tables();
    perform aquaseed._list_key_units(v_run_id);
  end if;
  perform aquaseed._list_units(v_run_id);
  analyze aquaseed.schedule_batch;
  analyze aquaseed.schedule_stay;
  analyze aquaseed.schedule_container;
  return v_run_id;
end
$$;

comment on function aquaseed.create_run(bigint, date, jsonb, text, text, text, text, jsonb, text) is
  'Open a run: schedule, leaves and units of work. Rows are generated for dates before as_of; p_predicted: rows per '
  'table to compare with; p_owner: the user who owns the scenarios. Returns the run id.';
