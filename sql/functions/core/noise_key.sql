-- The key of a place or batch is the hash of its name, so that its draws do not depend on ids.
create or replace function aquaseed.noise_key(p_name text)
returns bigint language sql immutable parallel safe
return pg_catalog.hashtextextended(p_name collate "C", 0);

comment on function aquaseed.noise_key(text) is 'Key of the draws of a place or batch: the hash of its name.';
