-- Moves a table of AquaMind's aside, to schema aquaseed under another name, or back; the sequence of its ids likewise.
create or replace function aquaseed._move_table(p_table text, p_id_column text, p_back boolean)
returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from text := case when p_back then aquaseed.aside_name(p_table) else format('public.%I', p_table) end;
  v_sequence text := (
    select c.relname from pg_class c where c.oid = pg_get_serial_sequence(v_from, p_id_column)::regclass
  );
begin
  if p_back then
    execute format('alter sequence aquaseed.%I rename to %I', v_sequence, regexp_replace(v_sequence, '_aside$', ''));
    execute format('alter table %s rename to %I', v_from, p_table);
    execute format('alter table aquaseed.%I set schema public', p_table);
  else
    execute format('alter table %s set schema aquaseed', v_from);
    execute format('alter table aquaseed.%I rename to %I', p_table, p_table || '_aside');
    execute format('alter sequence aquaseed.%I rename to %I', v_sequence, v_sequence || '_aside');
  end if;
end
$$;

comment on function aquaseed._move_table(text, text, boolean) is
  'Move a large table of AquaMind''s, with its sequence, aside to schema aquaseed or back.';
