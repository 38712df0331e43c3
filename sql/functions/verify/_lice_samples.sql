-- Lice per fish of every sample (a ring on a day) of health_licecount: adult females and chalimus of Lepeophtheirus
-- salmonis. A sample without a row of a type found none of it. day counts from the ring's first.
create or replace function aquaseed._lice_samples()
returns table (assignment_id bigint, batch_id bigint, on_date date, day integer, adult_females double precision,
               chalimus double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select a.id, a.batch_id, c.on_date, c.on_date - a.assignment_date, c.adult_females, c.chalimus
  from (
    select x.assignment_id, (x.count_date at time zone 'UTC')::date as on_date,
           coalesce(sum(x.count_value) filter (where t.gender = 'female' and t.development_stage = 'adult'), 0)
             / max(x.fish_sampled)::double precision as adult_females,
           coalesce(sum(x.count_value) filter (where t.development_stage = 'chalimus'), 0)
             / max(x.fish_sampled)::double precision as chalimus
    from public.health_licecount x
    left join public.health_licetype t on t.id = x.lice_type_id and t.species = 'Lepeophtheirus salmonis'
    where x.fish_sampled > 0
    group by 1, 2
  ) c
  join public.batch_batchcontainerassignment a on a.id = c.assignment_id
$$;

comment on function aquaseed._lice_samples() is
  'Adult females and chalimus of Lepeophtheirus salmonis per fish, per ring and day of counting.';
