-- A run is made under the configuration that is loaded, and no run is said to be made under another one.
create or replace function aquaseed._require_configuration(p_digest text)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from aquaseed.ownership o where o.config_digest = p_digest) then
    raise exception 'another configuration is loaded in database "%", '
      'and only the owner of schema aquaseed may change it',
      current_database()
      using errcode = 'AQ012', hint = 'Let the owner load it: aquaseed migrate, with the same --config and --profile.';
  end if;
end
$$;

comment on function aquaseed._require_configuration(text) is
  'Refuse (AQ012) unless the configuration of this digest is loaded.';
