-- Where a table of AquaMind's is while a partitioned one stands in its place: under another name, so that a role called
-- aquaseed, in whose search path the schema comes first, never takes it for the real one.
create or replace function aquaseed.aside_name(p_table text)
returns text language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
return format('aquaseed.%I', p_table || '_aside');

comment on function aquaseed.aside_name(text) is
  'Qualified name of a table of AquaMind''s that was moved aside when its place was partitioned.';
