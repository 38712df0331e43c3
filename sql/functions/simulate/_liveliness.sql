-- How lively the water of a sea area is on a day: what its short waves are multiplied with. Log-normal by place and
-- day, so that steps have heavy tails: most weeks are quiet, some are not. Its mean square is 1, apart from the season.
create or replace function aquaseed._liveliness(p_key bigint, p_no integer, p_liveliness aquaseed.liveliness)
returns double precision language sql immutable parallel safe
return pg_catalog.exp(aquaseed.value_noise(p_key, p_no, (p_liveliness).noise) - (((p_liveliness).noise).sigma) ^ 2)
  * (1 + (p_liveliness).summer * aquaseed.season(p_no, (p_liveliness).phi));

comment on function aquaseed._liveliness(bigint, integer, aquaseed.liveliness) is
  'Factor on the short waves of the water of a sea area (key of its draws) on a day: heavy-tailed, more in summer.';
