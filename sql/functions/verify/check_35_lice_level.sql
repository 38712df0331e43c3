-- 35: adult female lice per fish of a sample (_lice_samples), all samples: mean, share with none, share over 1.
create or replace function aquaseed.check_35_lice_level()
returns table (
  id text, measured double precision, detail text, standard_error double precision, units integer
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with batch as (
    select count(*)::double precision as samples, sum(s.adult_females) as mean,
           count(*) filter (where s.adult_females = 0)::double precision as none,
           count(*) filter (where s.adult_females > 1)::double precision as high
    from aquaseed._lice_samples() s
    group by s.batch_id
  )
  select v.id, sum(v.total) / nullif(sum(b.samples), 0),
         case when count(b.samples) = 0 then 'no lice counts'
              else sum(b.samples) || ' samples of ' || count(b.samples) || ' batches' end,
         aquaseed._ratio_error(array_agg(v.total), array_agg(b.samples)), count(b.samples)::integer
  from (values (1)) one(row)
  left join batch b on true
  cross join lateral (values ('35.mean', b.mean), ('35.none', b.none), ('35.high', b.high)) v(id, total)
  group by v.id
$$;

comment on function aquaseed.check_35_lice_level() is
  'Adult female lice per fish: mean, share of samples with none and with more than 1.';
