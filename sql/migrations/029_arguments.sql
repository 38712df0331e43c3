-- These take other arguments now.

drop function if exists aquaseed._begin_unit();
drop function if exists aquaseed._open_slices(integer, integer);
