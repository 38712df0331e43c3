-- Holds the place of a migration that another branch brings: to be replaced when they are merged.
select 1;
