-- The life stages of biology.yaml in order, each with its entry of master-data.yaml. Days count from the
-- arrival of the eggs; typical_days is the time over which the stage's survival is reached.
create or replace function aquaseed._list_life_stages(p_master jsonb, p_biology jsonb)
returns table (
  life_stage_no integer,
  life_stage_key text,
  life_stage_name text,
  at_sea boolean,
  start_day integer,
  days integer,
  typical_days integer,
  biology jsonb,
  details jsonb
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select
    (s.doc ->> 'order')::integer,
    s.doc ->> 'key',
    s.doc ->> 'name',
    s.doc ->> 'habitat' = 'sea',
    coalesce(sum((s.doc ->> 'days')::integer) over (
      order by (s.doc ->> 'order')::integer rows between unbounded preceding and 1 preceding
    ), 0)::integer,
    (s.doc ->> 'days')::integer,
    coalesce(s.doc ->> 'survival_days', s.doc ->> 'days')::integer,
    s.doc,
    d.doc
  from jsonb_array_elements(p_biology -> 'stages') as s (doc)
  left join jsonb_array_elements(p_master -> 'lifecycle_stages') as d (doc)
    on d.doc ->> 'key' = s.doc ->> 'key'
  order by 1;
$$;

comment on function aquaseed._list_life_stages(jsonb, jsonb) is
  'The life stages in order, from biology.yaml and master-data.yaml.';
