-- A role that may generate, verify and read, but neither change the schema nor wipe. By the owner of the schema,
-- after sql/install.sql and again after an upgrade; creating the role needs CREATEROLE:
--   psql -X -f sql/roles.sql farm                          the role aquaseed_run
--   psql -X -v role=nightly -f sql/roles.sql farm          another one
\set ON_ERROR_STOP on
\set QUIET on
\if :{?role}
\else
\set role aquaseed_run
\endif
select not exists (select from pg_catalog.pg_roles where rolname = :'role') as is_missing \gset
\if :is_missing
create role :"role" nologin;
\endif
select aquaseed.grant_run(:'role') as grants;
