-- The AquaMind user that signs generated records.
create or replace function aquaseed._user_id(p_username text)
returns integer language sql stable
set search_path = pg_catalog, pg_temp
return (select u.id from public.auth_user u where u.username = p_username);

comment on function aquaseed._user_id(text) is 'Id of an AquaMind user by name.';
