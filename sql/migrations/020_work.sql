-- People and their week: who works where, which days are worked on, hours of tasks, how late things are written down.

-- These take one document less.
drop function if exists aquaseed.load_configuration(jsonb, jsonb, jsonb, jsonb, jsonb, jsonb, text);
drop function if exists aquaseed.load_settings(jsonb, jsonb, jsonb, jsonb, jsonb);

create table aquaseed.person (
  user_id integer not null,
  geography_id bigint not null,
  role text not null,
  habitat text not null check (habitat in ('freshwater', 'sea')),
  no integer not null,
  primary key (user_id, habitat),
  unique (geography_id, role, habitat, no)
);
comment on table aquaseed.person is
  'Who works in a country: AquaMind user, role of the profile (OPR, VET, MGR), in stations or at sea, numbered from 0.';

create table aquaseed.work_day (
  geography_id bigint not null,
  on_date date not null,
  is_working boolean not null,
  working_no integer not null,
  primary key (geography_id, on_date)
);
create unique index work_day_no on aquaseed.work_day (geography_id, working_no) where is_working;
comment on table aquaseed.work_day is
  'Days around the life of the schedule, by country: worked on or off. working_no counts the working days until then.';

create type aquaseed.task_hours as ("from" double precision, "to" double precision, peaks double precision[]);
comment on type aquaseed.task_hours is
  'work.tasks: clock hours within which a task is done, and about which it is mostly.';
create type aquaseed.entry_shares as (
  same_day double precision, next_day double precision, three_days double precision
);
comment on type aquaseed.entry_shares is
  'work.entry: shares of what is written down on the same day, the next, two or three later.';
create type aquaseed.team as (operators integer, vets integer, managers integer);
comment on type aquaseed.team is 'work.team: people of a role who share a site.';
