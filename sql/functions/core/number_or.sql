-- A number of the configuration that need not be there, with the value it then has.
create or replace function aquaseed.number_or(p_path text, p_default double precision)
returns double precision language sql stable parallel safe
set search_path = ''
return coalesce((select s.number from aquaseed.setting s where s.path = p_path), p_default);

comment on function aquaseed.number_or(text, double precision) is
  'A number of the configuration, or the default where it is not set.';
