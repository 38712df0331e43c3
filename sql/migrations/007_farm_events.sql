-- Procedures, lice, incidents and moves: what happens to the fish besides growing (simulate).
-- Rows per table that the plan predicts for a run.
alter table aquaseed.run add column predicted jsonb;
