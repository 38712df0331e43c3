-- Marks the database as ours. This is the first thing written to it, in one transaction, so that an
-- installation that broke off can be told from somebody else's database.

create schema if not exists aquaseed;
comment on schema aquaseed is
  'The generator: configuration, schedule, ledger, simulated truth, functions. Safe to drop after a run.';

create table aquaseed.ownership (
  only_row boolean primary key default true check (only_row),
  database_name text not null,
  functions_digest text,
  created_at timestamptz not null
);
comment on table aquaseed.ownership is
  'Marker: this database was empty when aquaseed installed itself. functions_digest: hash of the functions that are loaded.';
insert into aquaseed.ownership (database_name, created_at) values (current_database(), clock_timestamp());
