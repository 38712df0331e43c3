-- Standard error of the mean of p_n independent values with the standard deviation p_sd; of their median,
-- sqrt(pi / 2) times as much (values about normal). Null below two values: no spread is known.
create or replace function aquaseed._standard_error(p_sd double precision, p_n bigint, p_median boolean default false)
returns double precision language sql immutable parallel safe
return case when p_n >= 2 then p_sd / pg_catalog.sqrt(p_n) * case when p_median then 1.2533 else 1 end end;

comment on function aquaseed._standard_error(double precision, bigint, boolean) is
  'Standard error of a mean or median from the spread between independent units.';
