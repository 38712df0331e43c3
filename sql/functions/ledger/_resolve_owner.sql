-- The user who owns the scenarios of a run: the one that is named, else the first superuser who can log in, else the
-- manager of the farm. AquaMind lists scenarios to their owner only.
create or replace function aquaseed._resolve_owner(p_owner text)
returns text language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(p_owner, '') = '' then
    return coalesce(
      -- A password that begins with ! is unusable in Django.
      (select u.username from public.auth_user u
       where u.is_superuser and u.is_active and u.password <> '' and not starts_with(u.password, '!')
       order by u.id limit 1),
      'manager_01');
  end if;
  if not exists (select from public.auth_user u where u.username = p_owner) then
    raise exception 'there is no user "%"', p_owner using errcode = 'AQ016',
      hint = 'Users: ' || aquaseed._list_users();
  end if;
  return p_owner;
end
$$;

comment on function aquaseed._resolve_owner(text) is
  'The user who owns the scenarios of a run: by name, else the first superuser who can log in, else manager_01.';
