-- Which rows the configuration made, so that those of others can be told from them: infrastructure and master data
-- are in the blocks of no run.

create table aquaseed.loaded_row (
  table_name text not null,
  digest bigint not null,
  primary key (table_name, digest)
);
comment on table aquaseed.loaded_row is
  'Digest of each row of schema public that load_configuration made; other rows of these tables are of others.';
