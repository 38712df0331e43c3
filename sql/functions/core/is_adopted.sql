-- Whether schema public is AquaMind's own, made by its migrations, and not our copy of it.
create or replace function aquaseed.is_adopted()
returns boolean language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from aquaseed.ownership o where o.adopted is not null)
$$;

comment on function aquaseed.is_adopted() is
  'Whether the tables of schema public are of a database that AquaMind made.';
