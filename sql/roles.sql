-- A role that may generate, verify and read, but neither change the schema nor wipe. By the owner of the schema,
-- after sql/install.sql and again after an upgrade; creating the role needs CREATEROLE:
--   psql -f sql/roles.sql farm                          the role aquaseed_run
--   psql -v role=nightly -f sql/roles.sql farm          another one
\set SINGLELINE off
\set VERBOSITY default
\set ON_ERROR_STOP off
\unset psql_is_ready
\ir install/psql.sql
\if :{?psql_is_ready}
\else
rollback;
\set ON_ERROR_STOP on
do $$ begin
  raise exception 'sql/roles.sql finds the files that belong to it only with -f: psql -f <path>/sql/roles.sql';
end $$;
\endif
\if :{?role}
\else
\set role aquaseed_run
\endif
select not exists (select from pg_catalog.pg_roles where rolname = :'role') as is_missing \gset
\if :is_missing
create role :"role" nologin;
\endif
select aquaseed.grant_run(:'role') as grants;
