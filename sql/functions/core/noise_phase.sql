-- Where a time lies between two knots of value noise: cos(pi frac), 1 at a knot, -1 just before the next.
create or replace function aquaseed.noise_phase(p_t double precision, p_tau double precision)
returns double precision language sql immutable parallel safe
return cos(pi() * (p_t / p_tau - floor(p_t / p_tau)));

comment on function aquaseed.noise_phase(double precision, double precision) is
  'Phase of value noise at time t (days): cos(pi frac(t / tau)), for knot_noise.';
