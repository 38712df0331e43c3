-- Delousings (health_treatment): every physical treatment of a ring, and medication whose description speaks of lice or
-- a bath.
-- method: the first word of the description of a physical one (thermal, freshwater, mechanical), else medicinal.
create or replace function aquaseed._delousings()
returns table (treatment_id bigint, batch_id bigint, assignment_id bigint, on_date date, method text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select t.id, t.batch_id, t.batch_assignment_id, (t.treatment_date at time zone 'UTC')::date,
         case t.treatment_type when 'physical' then lower(substring(t.description, '[A-Za-z]+')) else 'medicinal' end
  from public.health_treatment t
  join public.batch_batchcontainerassignment a on a.id = t.batch_assignment_id
  join public.infrastructure_container c on c.id = a.container_id and c.area_id is not null
  where t.treatment_type = 'physical' or (t.treatment_type = 'medication' and t.description ~* '(lous|lice|bath)')
$$;

comment on function aquaseed._delousings() is 'Treatments against lice per ring, with their method.';
