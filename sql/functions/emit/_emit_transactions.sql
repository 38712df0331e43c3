-- What the companies charge each other for a batch: the smolt when they go to sea (policy by lifecycle stage) and the
-- harvest (policy by grade, one transaction per event and grade), amount = kg * price * (1 + mark-up). State at
-- as_of: pending, then posted, then exported so many days after the sale. The currency is the buyer's.
create or replace function aquaseed._emit_transactions(p_batch_no integer, p_as_of date, p_seed bigint)
returns jsonb language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_block bigint := aquaseed.id_block('finance_intercompanytransaction');
  v_event_block bigint := aquaseed.id_block('harvest_harvestevent');
  v_post integer := aquaseed.number('finance.posted_after_days')::integer;
  v_export integer := aquaseed.number('finance.exported_after_days')::integer;
  v_workflow integer := (select c.id from public.django_content_type c
                         where c.app_label = 'batch' and c.model = 'batchtransferworkflow');
  v_harvest integer := (select c.id from public.django_content_type c
                        where c.app_label = 'harvest' and c.model = 'harvestevent');
  v_currency jsonb := aquaseed.setting_tree('finance.currency');
  v_office aquaseed.task_hours := aquaseed.settings('work.tasks.office', null::aquaseed.task_hours);
  v_spread double precision := aquaseed.number('work.spread_minutes');
  v_clock bigint := aquaseed.stream(p_seed, 'clock of the office') # (
    select b.batch_key from aquaseed.schedule_batch b where b.batch_no = p_batch_no
  );
  v_rows bigint;
begin
  insert into public.finance_intercompanytransaction
    (tx_id, posting_date, amount, currency, state, created_at, updated_at, event_id, policy_id, content_type_id,
     object_id, approved_by_id, approval_date)
  with duty as materialized (
    select d.day, d.manager_id from aquaseed._duty(p_batch_no, p_seed) d
    where d.life_stage_no = (select max(s.life_stage_no) from aquaseed.schedule_stay s where s.batch_no = p_batch_no)
  )
  select p_batch_no * v_block + x.n, x.on_date,
         round(x.kg * p.price_per_kg * (1 + coalesce(p.markup_percent, 0) / 100), 2),
         coalesce(v_currency #>> array['by_geography', g.name], v_currency ->> 'default'),
         case when a.days >= v_export then 'exported' when a.days >= v_post then 'posted' else 'pending' end,
         x.at, case when a.days >= v_export
                      then (x.on_date + v_export)::timestamp at time zone 'UTC' + make_interval(mins => o.exported)
                    when a.days >= v_post
                      then (x.on_date + v_post)::timestamp at time zone 'UTC' + make_interval(mins => o.posted)
                    else x.at end,
         x.event_id, p.policy_id, x.content_type_id, x.object_id,
         case when a.days >= v_post then d.manager_id end,
         case when a.days >= v_post
           then (x.on_date + v_post)::timestamp at time zone 'UTC' + make_interval(mins => o.posted) end
  from (
    -- The id of a workflow's transaction is its place in the batch; no harvest lot has a number so low.
    select w.id - p_batch_no * aquaseed.id_block('batch_batchtransferworkflow') as n,
           w.actual_completion_date as on_date,
           w.total_biomass_kg as kg, 'lifecycle' as basis, w.source_lifecycle_stage_id as stage_id,
           null::bigint as grade_id, b.geography_id, w.source_subsidiary as seller, w.dest_subsidiary as buyer,
           v_workflow as content_type_id, w.id as object_id, null::bigint as event_id,
           w.updated_at as at
    from public.batch_batchtransferworkflow w
    join aquaseed.schedule_batch b on b.batch_no = w.batch_id
    where w.batch_id = p_batch_no and w.is_intercompany and w.status = 'COMPLETED'
    union all
    select (e.id - p_batch_no * v_event_block) * 10 + g.grade_no, (e.event_date at time zone 'UTC')::date,
           l.live_weight_kg, 'grade', null, l.product_grade_id, c.geography_id, c.subsidiary, e.dest_subsidiary,
           v_harvest, e.id, e.id, l.created_at
    from public.harvest_harvestevent e
    join public.harvest_harvestlot l on l.event_id = e.id
    join public.finance_factharvest f on f.lot_id = l.id
    join public.finance_dimcompany c on c.company_id = f.dim_company_id
    join aquaseed.grade g on g.grade_id = l.product_grade_id
    where e.batch_id = p_batch_no
  ) x
  join aquaseed.geography g on g.geography_id = x.geography_id
  join public.finance_dimcompany seller on seller.geography_id = x.geography_id and seller.subsidiary = x.seller
  join public.finance_dimcompany buyer on buyer.geography_id = x.geography_id and buyer.subsidiary = x.buyer
  join public.finance_intercompanypolicy p
    on p.from_company_id = seller.company_id and p.to_company_id = buyer.company_id and p.pricing_basis = x.basis
    and p.lifecycle_stage_id is not distinct from x.stage_id and p.product_grade_id is not distinct from x.grade_id
  cross join lateral (select p_as_of - x.on_date as days) a
  -- Both are the work of a sitting.
  cross join lateral (
    select aquaseed.task_minute(v_office, v_spread, aquaseed.u(v_clock, 4 * y.no), aquaseed.z(v_clock, 4 * y.no + 1))
             as posted,
           aquaseed.task_minute(v_office, v_spread, aquaseed.u(v_clock, 4 * y.no + 2),
                                aquaseed.z(v_clock, 4 * y.no + 3)) as exported
    from (select x.on_date - '2000-01-01'::date as no) y
  ) o
  left join duty d
    on d.day = x.on_date + v_post - (select b.start_date from aquaseed.schedule_batch b where b.batch_no = p_batch_no);
  get diagnostics v_rows = row_count;

  update public.batch_batchtransferworkflow w set finance_transaction_id = t.tx_id
  from public.finance_intercompanytransaction t
  where w.batch_id = p_batch_no and t.content_type_id = v_workflow and t.object_id = w.id;
  return jsonb_build_object('finance_intercompanytransaction', v_rows);
end
$$;

comment on function aquaseed._emit_transactions(integer, date, bigint) is
  'finance_intercompanytransaction of one batch (amounts in the buyer''s currency), and its link on the transfer '
  'workflow.';
