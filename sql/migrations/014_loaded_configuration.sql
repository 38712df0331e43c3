-- Which configuration is loaded, so that a role which may only generate finds out whether it is the one it means.

alter table aquaseed.ownership add column config_digest text, add column checks jsonb;
comment on column aquaseed.ownership.config_digest is
  'Digest of the configuration that load_configuration loaded last; runs are opened under no other.';
comment on column aquaseed.ownership.checks is 'checks.yaml as load_check_bounds loaded it last.';

-- It takes the digest now.
drop function if exists aquaseed.load_configuration(jsonb, jsonb, jsonb, jsonb, jsonb, jsonb);
