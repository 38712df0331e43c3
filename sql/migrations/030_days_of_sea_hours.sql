-- This takes other arguments now.

drop function if exists aquaseed._sea_hours(integer, bigint);
