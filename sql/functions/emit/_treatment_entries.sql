-- When each procedure of a batch is done and written down, over its whole life. The record of a treatment is not there
-- before the journal entry of its round, which is entered with those of the round's first day. Containers of a day are
-- treated one after the other. done and entered: seconds from midnight of the day.
create or replace function aquaseed._treatment_entries(p_batch_no integer, p_seed bigint)
returns table (
  procedure_no integer, kind text, round_no integer, life_stage_no smallint, day integer, done integer, entered integer,
  entry_day integer
)
language plpgsql stable rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draw bigint := aquaseed.stream(p_seed, 'treatment hour');
begin
  return query
  select x.procedure_no, x.kind, x.round_no, x.life_stage_no, x.day,
         least(86000, x.done + (600 * (x.place - 1 + aquaseed.u(v_draw # x.assignment_key, x.day)
           * (x.place > 1)::integer))::integer),
         case when x.day + x.late < x.round_entry_day then x.round_entered - 86400 * (x.day - x.round_day)
           else x.entered end,
         greatest(x.day + x.late, x.round_entry_day)
  from (
    select p.procedure_no::integer, p.kind::text, p.round_no::integer, s.life_stage_no, p.day::integer, e.done, e.late,
           e.entered, first_value(p.day + e.late) over w as round_entry_day,
           first_value(e.entered) over w as round_entered,
           first_value(p.day) over w as round_day, s.assignment_key,
           row_number() over (partition by p.kind, p.round_no, p.day order by p.procedure_no) as place
    from aquaseed.procedure p
    join aquaseed.schedule_container s on s.batch_no = p.batch_no and s.assignment_no = p.assignment_no
    join (
      select 'vaccination' as kind, v.* from aquaseed._entry_times(p_batch_no, p_seed, 'vaccination', 'vaccination') v
      union all
      select 'delousing', d.* from aquaseed._entry_times(p_batch_no, p_seed, 'delousing', 'delousing') d
    ) e on e.kind = p.kind and e.life_stage_no = s.life_stage_no and e.day = p.day
    where p.batch_no = p_batch_no
    window w as (partition by p.kind, p.round_no order by p.day, p.procedure_no)
  ) x;
end
$$;

comment on function aquaseed._treatment_entries(integer, bigint) is
  'Per procedure of a batch: batch day, second at which it is done, second and day of its entry.';
