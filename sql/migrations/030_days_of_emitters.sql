-- These take other arguments now.

drop function if exists aquaseed._sea_hours(integer, bigint);
drop function if exists aquaseed._deaths_by_cause(integer, bigint);
