-- Stage assimilate.
select 1;
