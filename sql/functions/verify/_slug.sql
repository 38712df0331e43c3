-- Names of stages and geographies as parts of metric ids: Post-Smolt is post_smolt, Faroe Islands faroe_islands.
create or replace function aquaseed._slug(p_name text)
returns text language sql immutable parallel safe
return pg_catalog.lower(pg_catalog.regexp_replace(p_name, '[^A-Za-z0-9]+', '_', 'g'));

comment on function aquaseed._slug(text) is 'A name as part of a metric id: small letters, digits and underscores.';
