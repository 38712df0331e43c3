-- Standard error of the correlation of two daily series of sea temperature over so many common days (Fisher). What the
-- days share has a time constant of 30 to 60 days: a stretch of 60 days counts as one independent pair of values.
create or replace function aquaseed._correlation_error(p_correlation double precision, p_days bigint)
returns double precision language sql immutable parallel safe
return case when p_days >= 180 then (1 - p_correlation ^ 2) / pg_catalog.sqrt(p_days / 60.0) end;

comment on function aquaseed._correlation_error(double precision, bigint) is
  'Standard error of the correlation of two daily series, by stretches of 60 days.';
