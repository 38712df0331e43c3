-- How many days after it happened something is written down, by a uniform draw: none, one, two or three, up to seven
-- (most_entry_days).
create or replace function aquaseed.entry_days(p_shares aquaseed.entry_shares, p_u double precision)
returns integer language sql immutable parallel safe
return case when p_u < p_shares.same_day then 0
            when p_u < p_shares.same_day + p_shares.next_day then 1
            when p_u < p_shares.same_day + p_shares.next_day + p_shares.three_days
              then 2 + floor(2 * (p_u - p_shares.same_day - p_shares.next_day)
                / nullif(p_shares.three_days, 0))::integer
            else 4 + floor(4 * (p_u - p_shares.same_day - p_shares.next_day - p_shares.three_days)
              / nullif(1 - p_shares.same_day - p_shares.next_day - p_shares.three_days, 0))::integer end;

comment on function aquaseed.entry_days(aquaseed.entry_shares, double precision) is
  'Days from what happened to its entry, by a uniform draw.';
