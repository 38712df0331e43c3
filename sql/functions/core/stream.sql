-- The seed of one kind of draw. Combine with the key of a place or a batch by #, then draw by day:
-- aquaseed.z(stream # key, day). No draw depends on its position in a stream.
create or replace function aquaseed.stream(p_seed bigint, p_purpose text)
returns bigint language sql immutable parallel safe
return pg_catalog.hashtextextended(p_purpose collate "C", p_seed);

comment on function aquaseed.stream(bigint, text) is
  'Seed of the draws of one purpose in a run: hash of (seed, purpose).';
