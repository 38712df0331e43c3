-- A run whose end of history moves to a later day in place (aquaseed.begin_advance).

alter table aquaseed.schedule_batch add column emitted_days smallint not null default 0;
comment on column aquaseed.schedule_batch.emitted_days is
  'Batch days whose events are in the tables; the stage emit goes on from here. 0: the batch is still to be written.';
update aquaseed.schedule_batch b set emitted_days = b.days
from aquaseed.run r
join aquaseed.run_step s on s.run_id = r.run_id and s.stage = 'emit' and s.phase = 0 and s.state = 'done'
where s.unit_no = b.batch_no;

alter table aquaseed.run add column advanced_from date;
comment on column aquaseed.run.advanced_from is
  'While a run is advanced: the end of history that it had before (as_of is the one it goes to). Null otherwise.';

-- Tables whose rows of a batch are brought up to a new end of history; those of all others are added to.
alter table aquaseed.generated_table add column is_state boolean not null default false;
comment on column aquaseed.generated_table.is_state is
  'Whether rows of a batch tell how things stand at the end of history, so that a later one may change them.';
update aquaseed.generated_table set is_state = true
where table_name in (
  'batch_batch', 'batch_batchcontainerassignment', 'batch_batchtransferworkflow', 'batch_creationaction',
  'batch_creationworkflow', 'batch_transferaction', 'environmental_stagetransitionenvironmental', 'finance_factharvest',
  'finance_intercompanytransaction', 'harvest_harvestevent', 'harvest_harvestlot', 'harvest_harvestwaste',
  'health_healthlabsample', 'health_journalentry', 'health_treatment', 'inventory_batchfeedingsummary',
  'inventory_containerfeedingsummary', 'planning_plannedactivity', 'scenario', 'scenario_projection_run',
  'scenario_scenarioprojection'
);

-- Rows that were left alone since somebody had changed them.
create table aquaseed.kept_row (
  table_name text not null,
  id bigint not null,
  primary key (table_name, id)
);
comment on table aquaseed.kept_row is
  'State rows that an advance left as they were, since they were not as the end of history before had made them.';

create type aquaseed.made_row as (table_name text, id bigint, content text);
comment on type aquaseed.made_row is 'A row as its table has it, written as text.';

-- These take other arguments, or give more.
drop function if exists aquaseed._emit_feed_stock(bigint, bigint, date, integer);
