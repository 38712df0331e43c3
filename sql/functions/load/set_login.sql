-- Lets a user of AquaMind log in: stores the hash of a password (Django's form), opens the account and, if it is said,
-- makes it a superuser. A row of ours stays ours. AQ016 for a user that there is not.
create or replace function aquaseed.set_login(p_username text, p_hash text, p_superuser boolean default false)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_digest text := format(
    'select pg_catalog.hash_record_extended(%s, 0) from public.auth_user t where t.username = $1',
    aquaseed._row_text('auth_user'));
  v_before bigint;
  v_after bigint;
begin
  execute v_digest into v_before using p_username;
  update public.auth_user u
  set password = p_hash, is_active = true, is_staff = u.is_staff or p_superuser,
      is_superuser = u.is_superuser or p_superuser
  where u.username = p_username;
  if not found then
    raise exception 'there is no user "%"', p_username using errcode = 'AQ016',
      hint = 'Users: ' || aquaseed._list_users();
  end if;
  execute v_digest into v_after using p_username;
  update aquaseed.loaded_row l set digest = v_after
  where l.table_name = 'auth_user' and l.digest = v_before and v_after <> v_before;
end
$$;

comment on function aquaseed.set_login(text, text, boolean) is
  'Let a user log in: store Django''s hash of a password and open the account; superuser if it is said.';
