-- AquaMind's users, for a message: the first ten, in the order in which they came.
create or replace function aquaseed._list_users()
returns text language sql stable
set search_path = pg_catalog, pg_temp
return (
  select coalesce(string_agg(u.username, ', ' order by u.id) filter (where u.n <= 10), 'none')
         || case when count(*) > 10 then ' and ' || count(*) - 10 || ' more' else '' end
  from (select a.id, a.username, row_number() over (order by a.id) as n from public.auth_user a) u
);

comment on function aquaseed._list_users() is 'Names of AquaMind''s users, for a message.';
