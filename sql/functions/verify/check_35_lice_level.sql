-- 35: adult female lice per fish of a sample (_lice_samples), all samples: mean, share with none, share over 1.
create or replace function aquaseed.check_35_lice_level()
returns table (id text, measured double precision, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select v.id, v.measured, case when l.samples = 0 then 'no lice counts' else l.samples || ' samples' end
  from (
    select count(*) as samples, avg(s.adult_females) as mean,
           avg((s.adult_females = 0)::integer)::double precision as none, avg((s.adult_females > 1)::integer)::double precision as high
    from aquaseed._lice_samples() s
  ) l
  cross join lateral (values ('35.mean', l.mean), ('35.none', l.none), ('35.high', l.high)) v(id, measured)
$$;

comment on function aquaseed.check_35_lice_level() is 'Adult female lice per fish: mean, share of samples with none and with more than 1.';
