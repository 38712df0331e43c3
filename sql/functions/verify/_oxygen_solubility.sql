-- Oxygen in saturated water at one atmosphere, mg/L: Garcia and Gordon 1992 (corrected 1993), equation 8 with the
-- coefficients fitted to the data of Benson and Krause, in ml/L; 1 ml of oxygen is 1.42905 mg.
create or replace function aquaseed._oxygen_solubility(p_temperature_c double precision, p_salinity double precision)
returns double precision language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select 1.42905 * exp(
    2.00907 + t * (3.22014 + t * (4.05010 + t * (4.94457 + t * (-0.256847 + t * 3.88767))))
    + p_salinity * (-6.24523e-3 + t * (-7.37614e-3 + t * (-1.03410e-2 + t * -8.17083e-3)))
    - 4.88682e-7 * p_salinity ^ 2)
  from (select ln((298.15 - p_temperature_c) / (273.15 + p_temperature_c)) as t) x
$$;

comment on function aquaseed._oxygen_solubility(double precision, double precision) is
  'Oxygen (mg/L) in water saturated with air, by temperature (deg C) and salinity (ppt); Garcia and Gordon 1992.';
