-- These take other arguments now.

drop function if exists aquaseed._sea_hours(integer, bigint);
drop function if exists aquaseed._deaths_by_cause(integer, bigint);
drop function if exists aquaseed._emit_health_scores(integer, bigint, text);
drop function if exists aquaseed._health_samplings(integer, bigint);

create type aquaseed.health_sampling as (
  assignment_no smallint, day smallint, life_stage_no smallint, container_id integer, fish integer, entry_day integer,
  done integer, entered integer
);
comment on type aquaseed.health_sampling is
  'Fish of a container that are examined on a batch day: number of fish, batch day and second of the entry.';
