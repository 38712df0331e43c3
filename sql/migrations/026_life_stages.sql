-- A stage is one of a run: what fish live through is a life stage, and the time of a batch in one of them a stay.

-- Functions that take, return or name these columns are installed anew.
do $$
declare
  v_function record;
begin
  for v_function in
    select p.oid::regprocedure as name, p.prokind
    from pg_catalog.pg_proc p
    where p.pronamespace = 'aquaseed'::regnamespace
      and (p.proname ~ '_stage' or exists (
        select from unnest(p.proargnames) a(name) where a.name ~ '(^|_)stage(_order)?$'
      ))
      and p.proname not in ('_next_stage', '_require_stage', 'list_run_stages')
      and not exists (
        select from pg_catalog.pg_depend d
        where d.refclassid = 'pg_catalog.pg_proc'::regclass and d.refobjid = p.oid
      )
  loop
    execute format('drop %s %s', case v_function.prokind when 'p' then 'procedure' else 'function' end,
                   v_function.name);
  end loop;
end
$$;

alter table aquaseed.stage rename to life_stage;
alter table aquaseed.life_stage rename column stage_key to life_stage_key;
alter table aquaseed.stage_geography rename to life_stage_geography;
alter table aquaseed.schedule_stage rename to schedule_stay;
alter type aquaseed.incident_stage rename to incident_stay;
alter type aquaseed.incident_stay rename attribute stage_order to life_stage_no;
alter type aquaseed.growth_rounds rename attribute first_stage_order to first_life_stage;
alter type aquaseed.sampling_plan rename attribute first_stage_order to first_life_stage;

do $$
declare
  v_column record;
begin
  for v_column in
    select a.attrelid::regclass as table_name
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'aquaseed'::regnamespace and c.relkind in ('r', 'p')
      and a.attname = 'stage_order' and not a.attisdropped
  loop
    execute format('alter table %s rename column stage_order to life_stage_no', v_column.table_name);
  end loop;
end
$$;

comment on table aquaseed.schedule_stay is
  'Where a batch is in each of its life stages, from start_day up to before end_day (batch days).';
comment on table aquaseed.schedule_container is
  'Containers of each stay, reserved for the period; no container is reserved twice for one day.';
comment on table aquaseed.life_stage_geography is
  'Growth coefficient (per 1,000 degree-days) and survival of a life stage in a geography.';
comment on table aquaseed.transfer is
  'Every move of fish from one container of a batch to another, at the start of the day; life_stage_no is that of the '
  'destination.';
comment on table aquaseed.planned_move is
  'Who moves where into life_stage_no: the share of a source''s fish that goes to a destination, on which morning, and '
  'how heavy the fish taken are against the source''s mean (graded fish). Shares of a source sum to 1.';
comment on type aquaseed.incident_stay is
  'A stay of a batch as incidents see it: its batch days and years, and the hall or area with the key of its draws.';
comment on type aquaseed.growth_rounds is
  'biology.sampling.growth: weeks from round to round, from this life stage on, fish a container, share of rounds left '
  'out.';
comment on type aquaseed.sampling_plan is 'Every so many days, from this life stage on, so many fish, more or less.';
