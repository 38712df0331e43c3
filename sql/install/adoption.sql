-- Long lines: data. Whether AquaMind's own database is to be adopted (psql -v adopt=on or adopt=plain).
-- Made by: npm run sql
\if :{?adopt}
\else
\set adopt ''
\endif
select :'adopt' not in ('', 'on', 'plain') as is_unknown,
       set_config('aquaseed.adopt', case :'adopt' when 'on' then 'partitioned' else :'adopt' end, false) as mode,
       set_config('aquaseed.column_values',
         '{"batch_batchtransferworkflow":{"is_dynamic_execution":false},"batch_transferaction":{"allow_mixed":false,"created_via":"PLANNED"},"infrastructure_container":{"hierarchy_role":"HOLDING"}}', false) as column_values \gset
\if :is_unknown
do $$ begin
  raise exception 'adopt takes on or plain' using errcode = 'AQ009', hint = 'psql -v adopt=on -v database=<name>';
end $$;
\endif
