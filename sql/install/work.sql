-- Does all units that are left, and ends the script if the run is not complete then.
call aquaseed.work();

select state as run_state from aquaseed.run \gset
select :'run_state' = 'done' as is_done \gset
\if :is_done
\else
select stage, unit, error from aquaseed.run_step where state = 'failed' order by stage, unit;
do $$ begin
  raise exception 'the run is not complete' using errcode = 'AQ011',
    hint = 'Mend the cause, then: psql -f sql/seed.sql <database>';
end $$;
\endif
