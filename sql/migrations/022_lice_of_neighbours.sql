-- Sites share the lice of their cluster, treat together and once more before slaughter, and count on one day of the
-- week.

alter table aquaseed.area add column cluster_key bigint not null default 0;
comment on column aquaseed.area.cluster_key is
  'Key of what the areas of a cluster share: the hash of the name of its first area.';

create type aquaseed.shared_lice as (tau double precision, sigma double precision, on_fish double precision);
comment on type aquaseed.shared_lice is
  'health.lice.neighbours: noise of a cluster, and how much of it is on the fish.';
create type aquaseed.joint_treatment as (every_days integer, days integer, share double precision);
comment on type aquaseed.joint_treatment is
  'health.lice.joint_treatment: days in which a share of the threshold is enough, once in so many days.';
create type aquaseed.before_slaughter as (
  share double precision, females double precision, days aquaseed.between, least_days integer
);
comment on type aquaseed.before_slaughter is 'health.lice.before_slaughter: the last delousing of a batch.';
alter type aquaseed.lice
  add attribute neighbours aquaseed.shared_lice,
  add attribute joint_treatment aquaseed.joint_treatment,
  add attribute withholding_days integer,
  add attribute before_slaughter aquaseed.before_slaughter;

create type aquaseed.lice_rounds as (weekdays integer, rings_a_day integer, first_day integer);
comment on type aquaseed.lice_rounds is 'health.lice_count.rounds: when a site counts its lice.';
create type aquaseed.missed_counts as (
  site double precision, ring double precision, days_before integer, days_after integer
);
comment on type aquaseed.missed_counts is 'health.lice_count.missed: weeks without a count.';
create type aquaseed.heaping as (share double precision, above integer, step integer);
comment on type aquaseed.heaping is 'Numbers that are rounded to a multiple of step: a share of those above.';
create type aquaseed.young_lice as (efficacy double precision, tau double precision);
comment on type aquaseed.young_lice is 'health.lice_count.young: how many fewer there are after a delousing.';
alter type aquaseed.lice_count
  drop attribute every_days,
  add attribute rounds aquaseed.lice_rounds,
  add attribute missed aquaseed.missed_counts,
  add attribute fish_sd double precision,
  add attribute heaping aquaseed.heaping,
  add attribute young aquaseed.young_lice;
