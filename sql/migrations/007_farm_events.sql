-- Procedures, lice, incidents and moves: what happens to the fish besides growing (simulate).
select 1;
