create or replace function aquaseed.most_entry_days()
returns integer language sql immutable parallel safe
return 7;

comment on function aquaseed.most_entry_days() is 'The most that entry_days gives.';
