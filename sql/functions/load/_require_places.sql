-- A schedule is generated into places that are there: its halls, areas and containers are found by name.
create or replace function aquaseed._require_places(p_schedule jsonb)
returns void language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_missing text;
  v_count bigint;
begin
  select string_agg(x.name, ', ' order by x.n) filter (where x.n <= 5), count(*) into v_missing, v_count
  from (
    select w.kind || ' ' || quote_literal(w.name) as name, row_number() over (order by w.kind, w.name collate "C") as n
    from (
      select 'hall' as kind, p.place ->> 'hall' as name from aquaseed._list_places(p_schedule) p
      union
      select 'area', p.place ->> 'area' from aquaseed._list_places(p_schedule) p
      union
      select 'container', c.name
      from aquaseed._list_places(p_schedule) p
      cross join lateral jsonb_array_elements_text(coalesce(p.place -> 'containers', p.place -> 'rings')) c(name)
    ) w
    where w.name is not null
      and not exists (select from aquaseed.hall h where w.kind = 'hall' and h.name = w.name)
      and not exists (select from aquaseed.area a where w.kind = 'area' and a.name = w.name)
      and not exists (select from aquaseed.container c where w.kind = 'container' and c.name = w.name)
  ) x;
  if v_count > 0 then
    raise exception 'schedule names places that are not there: %',
      v_missing || case when v_count > 5 then format(' and %s more', v_count - 5) else '' end
      using errcode = 'AQ003', hint = 'Run: aquaseed validate <schedule>.';
  end if;
end
$$;

comment on function aquaseed._require_places(jsonb) is
  'Raises AQ003 when a schedule names a hall, area or container that was not loaded.';
