-- Readings of the day that has not ended yet (aquaseed.emit_live).

alter table aquaseed.schedule_batch
  add column slots smallint not null default 0,
  add column emitted_slots smallint not null default 0;
comment on column aquaseed.schedule_batch.slots is
  'While readings are written ahead: reading hours of the last day that have come. 0: all of them.';
comment on column aquaseed.schedule_batch.emitted_slots is
  'Reading hours of the day after emitted_days whose readings are written already.';
