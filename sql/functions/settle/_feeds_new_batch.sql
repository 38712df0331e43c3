create or replace function aquaseed._feeds_new_batch(p_feed_container_id bigint)
returns boolean language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from aquaseed.schedule_container c
    join aquaseed.container k on k.container_id = c.container_id
    join aquaseed.schedule_batch b on b.batch_no = c.batch_no
    where k.feed_container_id = p_feed_container_id and b.emitted_days = 0 and b.days > 0
  )
$$;

comment on function aquaseed._feeds_new_batch(bigint) is
  'Whether a batch that has begun, but has no events yet, is fed from a silo or barge.';
