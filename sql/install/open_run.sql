-- Begins a script for psql that works on a run: memory for it, and whether the database may be written to.
set work_mem = '64MB';
set maintenance_work_mem = '512MB';
select set_config('aquaseed.adopt', '', false) \g /dev/null
\ir list_objects.sql
\ir check_database.sql
