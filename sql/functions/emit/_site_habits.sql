-- The key of the writing habits of the site (hall or sea area) of each stage of a batch, for aquaseed._compose and for
-- how much is left empty there.
create or replace function aquaseed._site_habits(p_batch_no integer, p_seed bigint)
returns table (life_stage_no smallint, habit bigint)
language sql stable rows 6
set search_path = pg_catalog, pg_temp
as $$
  select s.life_stage_no, aquaseed.stream(p_seed, 'writing habit') # coalesce(a.noise_key, h.noise_key)
  from aquaseed.schedule_stay s
  left join aquaseed.area a on a.area_id = s.area_id
  left join aquaseed.hall h on h.hall_id = s.hall_id
  where s.batch_no = p_batch_no
$$;

comment on function aquaseed._site_habits(integer, bigint) is
  'Key of the writing habits of the site of each stage of a batch.';
