-- 37: adult female lice per fish in August to November / February to May, means of the samples (_lice_samples) of rings
-- after 60 days at sea; from 50 samples of each season on.
create or replace function aquaseed.check_37_lice_season()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select '37', case when least(l.autumn_samples, l.spring_samples) >= 50 then l.autumn / nullif(l.spring, 0) end,
         case when least(l.autumn_samples, l.spring_samples) < 50 then 'fewer than 50 samples in one of the seasons'
              else l.autumn_samples || ' samples of autumn, ' || l.spring_samples || ' of spring' end
  from (
    select avg(s.adult_females) filter (where extract(month from s.on_date) between 8 and 11) as autumn,
           avg(s.adult_females) filter (where extract(month from s.on_date) between 2 and 5) as spring,
           count(*) filter (where extract(month from s.on_date) between 8 and 11) as autumn_samples,
           count(*) filter (where extract(month from s.on_date) between 2 and 5) as spring_samples
    from aquaseed._lice_samples() s
    where s.day > 60
  ) l
$$;

comment on function aquaseed.check_37_lice_season() is 'Adult female lice in August to November / February to May.';
