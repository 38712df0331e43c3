-- Takes the lock of the run (aquaseed._run_lock, which may not be installed yet) for the session, or ends the script:
-- somebody else has it.
select pg_try_advisory_lock(7246113002) as is_free \gset
\if :is_free
\else
do $$ begin
  raise exception 'somebody is generating into this database' using errcode = 'AQ007';
end $$;
\endif
