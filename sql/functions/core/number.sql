-- A setting from config/*.yaml as a number. Read once into a variable, never per row.
create or replace function aquaseed.number(p_path text)
returns double precision language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_number double precision;
begin
  select s.number into v_number from aquaseed.setting s where s.path = p_path;
  if v_number is null then
    raise exception 'setting % is missing or not a number', p_path
      using errcode = 'AQ002', hint = 'Load the configuration again: aquaseed migrate.';
  end if;
  return v_number;
end
$$;

comment on function aquaseed.number(text) is 'A number of the configuration, for example biology.feeding.appetite.tau.';
