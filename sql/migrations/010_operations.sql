-- Roles, wipe and refresh.
select 1;
