-- Smooth stationary noise in closed form: any time t costs the same. Inlined: 0.7 us a call (2026-11).
-- sigma * [(1-s) z(i) + s z(i+1)] / sqrt((1-s)^2 + s^2), i = floor(t/tau), s = (1 - cos(pi frac))/2.
create or replace function aquaseed.value_noise(
  p_seed bigint, p_t double precision, p_tau double precision, p_sigma double precision
)
returns double precision language sql immutable parallel safe
return p_sigma * (
    (1 + cos(pi() * (p_t / p_tau - floor(p_t / p_tau)))) * aquaseed.z(p_seed, floor(p_t / p_tau)::bigint)
    + (1 - cos(pi() * (p_t / p_tau - floor(p_t / p_tau)))) * aquaseed.z(p_seed, floor(p_t / p_tau)::bigint + 1)
  ) / sqrt(2 + 2 * power(cos(pi() * (p_t / p_tau - floor(p_t / p_tau))), 2));

comment on function aquaseed.value_noise(bigint, double precision, double precision, double precision) is
  'Value noise at time t (days): smooth over about tau days, standard deviation sigma, mean 0.';

-- With tau and sigma as the configuration has them.
create or replace function aquaseed.value_noise(p_seed bigint, p_t double precision, p_noise aquaseed.noise)
returns double precision language sql immutable parallel safe
return aquaseed.value_noise(p_seed, p_t, (p_noise).tau, (p_noise).sigma);

comment on function aquaseed.value_noise(bigint, double precision, aquaseed.noise) is
  'Value noise at time t (days) with tau and sigma of a setting.';
