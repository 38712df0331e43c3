-- Users and their profiles. Nobody can log in: a password that begins with ! is unusable in Django.
create or replace function aquaseed._load_users(p_master jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_installed_on jsonb := p_master -> 'installed_on';
begin
  table_name := 'auth_user';
  rows := aquaseed._insert_missing(table_name, 'id', '{username}', aquaseed._number_rows(
    p_master -> 'users', 'id',
    jsonb_build_object(
      'password', '!unusable', 'is_active', true, 'is_staff', false, 'is_superuser', false,
      'date_joined', v_installed_on
    )
  ));
  return next;

  table_name := 'users_userprofile';
  rows := aquaseed._insert_missing(table_name, 'id', '{user_id}', (
    select jsonb_agg((p_master -> 'user_profile') || (e.doc -> 'profile') || jsonb_build_object(
      'id', e.n,
      'user_id', u.id,
      'full_name', (e.doc ->> 'first_name') || ' ' || (e.doc ->> 'last_name'),
      'created_at', v_installed_on,
      'updated_at', v_installed_on
    ) order by e.n)
    from jsonb_array_elements(p_master -> 'users') with ordinality as e (doc, n)
    join public.auth_user u on u.username = e.doc ->> 'username'
  ));
  return next;
end
$$;

comment on function aquaseed._load_users(jsonb) is 'Loads the users, with unusable passwords, and their profiles.';
