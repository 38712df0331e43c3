-- The health journal: routine rounds, treatments, incidents.
-- Ids: routine 0..999 (batch day), vaccinations 1000 + round, delousings 2000 + round, incidents from 3000 in their
-- order.
create or replace function aquaseed._emit_journal(p_batch_no integer, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rounds bigint := aquaseed._emit_journal_rounds(p_batch_no, p_seed);
  v_treatments bigint := aquaseed._emit_journal_treatments(p_batch_no, p_seed);
  v_incidents bigint := aquaseed._emit_journal_incidents(p_batch_no, p_seed);
begin
  return jsonb_build_object('health_journalentry', v_rounds + v_treatments + v_incidents);
end
$$;

comment on function aquaseed._emit_journal(integer, bigint) is
  'health_journalentry of one batch as it stands at as_of: routine rounds, treatments, incidents.';
