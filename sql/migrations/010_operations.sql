-- Wipe: which rows a finished run has made, so that rows of others can be told from them.

create table aquaseed.made_table (
  run_id integer not null references aquaseed.run on delete cascade,
  table_name text not null,
  rows bigint not null,
  low_id bigint,
  high_id bigint,
  primary key (run_id, table_name)
);
comment on table aquaseed.made_table is
  'Rows of each table of schema public that a finished run made, and the range that their ids lie in.';
