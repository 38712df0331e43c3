-- Tables of scenarios, plans, summaries, weather and money (emit), and the views on them.

-- How far the rows of a partitioned table may be dated: up to as_of, or by a setting.
alter table aquaseed.generated_table add column reach_setting text;
comment on column aquaseed.generated_table.reach_setting is
  'Path of the setting that says how many days from a batch''s start on its rows may be dated; null: the days that are emitted.';
update aquaseed.generated_table set reach_setting = 'scenario.profile_days'
where table_name = 'scenario_scenarioprojection';

-- Weather and day length belong to a sea area: there the block is that of an area, id = area_id * id_block + day.
insert into aquaseed.generated_table (table_name, id_column, id_block, partitioned) values
  ('scenario', 'scenario_id', 10, false),
  ('scenario_projection_run', 'run_id', 10, false),
  ('planning_plannedactivity', 'id', 1000, false),
  ('inventory_batchfeedingsummary', 'id', 100, false),
  ('inventory_containerfeedingsummary', 'id', 10000, false),
  ('environmental_weatherdata', 'id', 100000, false),
  ('environmental_photoperioddata', 'id', 100000, false),
  ('environmental_stagetransitionenvironmental', 'id', 10, false),
  ('harvest_harvestwaste', 'id', 1000000, false),
  ('finance_factharvest', 'fact_id', 1000000, false),
  ('finance_intercompanytransaction', 'tx_id', 1000000, false);

-- AquaMind's two views for reports ----------------------------------------------------------------

-- AquaMind's own database has them already (docs/decisions/025-adoption.md).
do $guard$ begin if to_regclass('public.django_migrations') is null then execute $ddl$

create or replace view public.vw_fact_harvest as
select f.fact_id, f.event_date, f.quantity_kg, f.unit_count, g.code as product_grade_code,
       c.display_name as company, s.site_name, f.dim_batch_id as batch_id
from public.finance_factharvest f
join public.harvest_productgrade g on g.id = f.product_grade_id
join public.finance_dimcompany c on c.company_id = f.dim_company_id
join public.finance_dimsite s on s.site_id = f.dim_site_id;
comment on view public.vw_fact_harvest is 'Harvested lots with their grade, company and site.';

create or replace view public.vw_intercompany_transactions as
select t.tx_id, t.posting_date, t.state, seller.display_name as from_company, buyer.display_name as to_company,
       g.code as product_grade_code, t.amount, t.currency
from public.finance_intercompanytransaction t
join public.finance_intercompanypolicy p on p.policy_id = t.policy_id
join public.finance_dimcompany seller on seller.company_id = p.from_company_id
join public.finance_dimcompany buyer on buyer.company_id = p.to_company_id
left join public.harvest_productgrade g on g.id = p.product_grade_id;
comment on view public.vw_intercompany_transactions is
  'What one company charged another; product_grade_code is null for live smolt.';

$ddl$; end if; end $guard$;
