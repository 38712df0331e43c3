create or replace function aquaseed._weight_difference(p_life_stage_no integer)
returns double precision language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    (aquaseed.setting_tree('biology.grading.weight_difference') ->> t.life_stage_key)::double precision, 0)
  from aquaseed.life_stage t
  where t.life_stage_no = p_life_stage_no
$$;

comment on function aquaseed._weight_difference(integer) is
  'How much heavier than their mean the larger half of the fish is that is graded into a stage, as a share.';
