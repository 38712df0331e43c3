-- Standard normal draw by Box-Muller from two hashes. Inlined: 0.15 us a call (2026-11).
create or replace function aquaseed.z(p_seed bigint, p_key bigint)
returns double precision language sql immutable parallel safe
return sqrt(-2 * ln(((pg_catalog.hashint8extended(p_key, p_seed) >> 11) & 9007199254740991)::double precision
    * 1.1102230246251565e-16::double precision + 5.5511151231257827e-17::double precision))
  * cos(6.283185307179586::double precision
    * ((pg_catalog.hashint8extended(p_key, p_seed # 6148914691236517205) >> 11) & 9007199254740991)::double precision
    * 1.1102230246251565e-16::double precision);

comment on function aquaseed.z(bigint, bigint) is
  'Standard normal by Box-Muller. Round what is derived from it before storing or branching: libm differs in the last '
  'bit.';
