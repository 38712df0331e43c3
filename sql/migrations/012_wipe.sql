-- Wipe: which transactions wrote the rows of a run, so that a row that somebody else wrote is told from one of ours
-- whatever its id is (docs/decisions/016-rows-of-others.md).

alter table aquaseed.run_step add column transactions xid[] not null default '{}';
comment on column aquaseed.run_step.transactions is
  'The transactions (of subtransactions, as rows carry them in xmin) that wrote the rows of this unit.';

-- These are numbered by area, and the ranges that earlier versions noted are of batches.
update aquaseed.made_table set low_id = null, high_id = null
where table_name in ('environmental_weatherdata', 'environmental_photoperioddata');
