-- Room for 16 parameters of a sensor in the ids of readings (aquaseed.reading_no) instead of 8, which are all taken: a
-- ninth would renumber every reading. The ids of a run follow from the block, so it cannot change beneath one.

do $$
begin
  if exists (select from aquaseed.run) then
    raise exception 'this database holds a run, whose readings are numbered by an earlier version'
      using errcode = 'AQ001',
      hint = 'Nothing was changed. Generate into a new database, or first: select * from aquaseed.wipe(''DELETE'');';
  end if;
end
$$;

update aquaseed.generated_table set id_block = 20000000 where table_name = 'environmental_environmentalreading';

alter table aquaseed.parameter
  drop constraint parameter_parameter_no_check,
  add constraint parameter_parameter_no_check check (parameter_no between 0 and 15);

-- These have other names now, or give more.
drop function if exists aquaseed._list_stages(jsonb, jsonb);
drop function if exists aquaseed._load_stage_models(jsonb, jsonb);
drop function if exists aquaseed.check_72_rows();
