-- Companies of each geography, the site of each station and sea area, and what one company charges the
-- next: smolt by stage, harvest by grade. Ids follow from those of the infrastructure.
create or replace function aquaseed._load_finance(p_master jsonb, p_biology jsonb)
returns table (table_name text, rows bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_finance jsonb := p_master -> 'finance';
  v_smolt jsonb := p_master #> '{finance,smolt_sale}';
  v_harvest jsonb := p_master #> '{finance,harvest_sale}';
  v_extra jsonb := jsonb_build_object(
    'created_at', p_master -> 'installed_on', 'updated_at', p_master -> 'installed_on', 'method', 'cost_plus'
  );
begin
  table_name := 'finance_dimcompany';
  rows := aquaseed._insert_missing(table_name, 'company_id', '{geography_id,subsidiary}', (
    select jsonb_agg(jsonb_build_object(
      'company_id', (m.no - 1) * jsonb_array_length(v_finance -> 'companies') + c.n,
      'geography_id', g.id,
      'subsidiary', c.doc -> 'subsidiary',
      'display_name', g.name || ' ' || (c.doc ->> 'name'),
      'currency', coalesce(v_finance #>> array['currency', 'by_geography', g.name], v_finance #>> '{currency,default}'),
      'nav_company_code', upper(left(g.name, 3)) || '-' || (c.doc ->> 'subsidiary')
    ) order by m.no, c.n)
    from aquaseed.master_row m
    join public.infrastructure_geography g on g.id = m.id
    cross join jsonb_array_elements(v_finance -> 'companies') with ordinality as c (doc, n)
    where m.table_name = 'infrastructure_geography'
  ));
  return next;

  -- Areas have ids of their own, so their sites are moved out of the way of the stations'.
  table_name := 'finance_dimsite';
  rows := aquaseed._insert_missing(table_name, 'site_id', '{source_model,source_pk}', (
    select jsonb_agg(jsonb_build_object(
      'site_id', s.no, 'source_model', s.source_model, 'source_pk', s.source_pk,
      'site_name', s.site_name, 'company_id', c.company_id
    ) order by s.no)
    from (
      select m.no, 'station' as source_model, w.id as source_pk, w.name as site_name, w.geography_id
      from aquaseed.master_row m
      join public.infrastructure_freshwaterstation w on w.id = m.id
      where m.table_name = 'infrastructure_freshwaterstation'
      union all
      select 10000 + m.no, 'area', a.id, a.name, a.geography_id
      from aquaseed.master_row m
      join public.infrastructure_area a on a.id = m.id
      where m.table_name = 'infrastructure_area'
    ) as s
    join public.finance_dimcompany c
      on c.geography_id = s.geography_id and c.subsidiary = v_finance -> 'sites' ->> s.source_model
  ));
  return next;

  -- Cost-plus: price_per_kg is the cost, the mark-up comes on top.
  table_name := 'finance_intercompanypolicy';
  rows := aquaseed._insert_missing(
    table_name, 'policy_id',
    '{from_company_id,to_company_id,pricing_basis,lifecycle_stage_id,product_grade_id}',
    (
      select jsonb_agg(v_extra || jsonb_build_object(
        'policy_id', (g.no - 1) * (1 + jsonb_array_length(p_master -> 'product_grades')) + p.n,
        'from_company_id', seller.company_id,
        'to_company_id', buyer.company_id,
        'pricing_basis', p.basis,
        'lifecycle_stage_id', p.stage_id,
        'product_grade_id', p.grade_id,
        'markup_percent', p.sale -> 'markup_percent',
        'price_per_kg', p.cost
      ) order by g.no, p.n)
      from (select m.no, m.id from aquaseed.master_row m where m.table_name = 'infrastructure_geography') g
      cross join (
        select 1::bigint as n, v_smolt as sale, 'lifecycle' as basis, l.id as stage_id, null::bigint as grade_id,
          v_smolt -> 'cost_per_kg' as cost
        from aquaseed._list_life_stages(p_master, p_biology) s
        join public.batch_lifecyclestage l on l.name = s.life_stage_name
        where s.life_stage_key = v_smolt ->> 'stage'
        union all
        select 1 + e.n, v_harvest, 'grade', null, q.id, v_harvest -> 'cost_per_kg' -> q.code
        from jsonb_array_elements(p_master -> 'product_grades') with ordinality as e (doc, n)
        join public.harvest_productgrade q on q.code = e.doc ->> 'code'
      ) as p
      join public.finance_dimcompany seller
        on seller.geography_id = g.id and seller.subsidiary = p.sale ->> 'from'
      join public.finance_dimcompany buyer
        on buyer.geography_id = g.id and buyer.subsidiary = p.sale ->> 'to'
    )
  );
  return next;
end
$$;

comment on function aquaseed._load_finance(jsonb, jsonb) is
  'Loads companies, sites and the prices between companies.';
