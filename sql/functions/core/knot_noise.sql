-- value_noise for a knot floor(t / tau) and a phase that are at hand, because many draws share their time: the same to
-- the bit. Inlined: 0.6 of the time of value_noise (2026-11).
create or replace function aquaseed.knot_noise(
  p_seed bigint, p_knot bigint, p_phase double precision, p_sigma double precision
)
returns double precision language sql immutable parallel safe
return p_sigma * ((1 + p_phase) * aquaseed.z(p_seed, p_knot) + (1 - p_phase) * aquaseed.z(p_seed, p_knot + 1))
  / sqrt(2 + 2 * power(p_phase, 2));

comment on function aquaseed.knot_noise(bigint, bigint, double precision, double precision) is
  'value_noise by knot (floor(t / tau)) and phase (noise_phase): standard deviation sigma, mean 0.';
