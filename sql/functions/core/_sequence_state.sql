-- Where a sequence stands: pg_sequences shows no value to a role that may not read it, and null before the first.
create or replace function aquaseed._sequence_state(p_sequence regclass, out last_value bigint, out is_called boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('select x.last_value, x.is_called from %s x', p_sequence) into last_value, is_called;
end
$$;

comment on function aquaseed._sequence_state(regclass) is 'Where a sequence stands.';
