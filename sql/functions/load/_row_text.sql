-- The row t of a table of schema public as it is digested to tell rows of others from ours, as a piece of SQL. What
-- changes in a user's row when somebody logs in is left out: Django notes the time, and may store the password anew.
create or replace function aquaseed._row_text(p_table text)
returns text language sql stable
set search_path = pg_catalog, pg_temp
return case
  when p_table <> 'auth_user' then 't.*'
  else (
    select 'row(' || string_agg(
      case a.attname
        when 'password' then '''!unusable''::character varying'
        when 'last_login' then 'null::timestamp with time zone'
        else format('t.%I', a.attname)
      end, ', ' order by a.attnum) || ')'
    from pg_attribute a
    where a.attrelid = to_regclass('public.auth_user') and a.attnum > 0 and not a.attisdropped
  )
end;

comment on function aquaseed._row_text(text) is
  'The row t of a table as it is digested, as a piece of SQL: of a user without what a login changes.';
