-- Growth in cube-root weight; without fish (weight 0) there is none. To a millionth of a gram, so that the last bit
-- of a cube root, which may differ between C libraries, decides nothing.
create or replace function aquaseed._grown_weight(p_weight_g double precision, p_growth double precision)
returns double precision language sql immutable parallel safe
return case when p_weight_g > 0 then round(power(cbrt(p_weight_g) + p_growth, 3) * 1e6) / 1e6 else 0 end;

comment on function aquaseed._grown_weight(double precision, double precision) is
  'Weight (g) after growth given in cube-root weight.';
