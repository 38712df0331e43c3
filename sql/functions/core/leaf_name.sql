-- Leaves are named after their parent and slice; the longest name has 55 characters.
create or replace function aquaseed.leaf_name(p_table text, p_slice integer)
returns text language sql immutable parallel safe
return p_table || '_s' || lpad(p_slice::text, 3, '0');

comment on function aquaseed.leaf_name(text, integer) is 'Name of the leaf of a partitioned table for a slice.';
