-- Where the batches of a schedule stay: one row per batch and stage, as the schedule describes the place.
create or replace function aquaseed._list_places(p_schedule jsonb)
returns table (batch_no integer, life_stage_no smallint, place jsonb) language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select b.ordinality::integer, t.life_stage_no, p.value
  from jsonb_array_elements(p_schedule -> 'batches') with ordinality b(value, ordinality)
  cross join lateral (
    select f.key, f.value from jsonb_each(b.value -> 'freshwater') f
    union all
    select null, b.value -> 'sea' where b.value -> 'sea' is not null
  ) p
  join aquaseed.life_stage t on t.life_stage_key = p.key or (p.key is null and t.habitat = 'sea')
$$;

comment on function aquaseed._list_places(jsonb) is 'The places of a schedule (as JSON): a row per batch and stage.';
