-- Runs the migrations that this database lacks, each in one transaction with its row of aquaseed.migrations.
-- Made by: npm run sql
create table if not exists aquaseed.migrations (
  id integer primary key,
  name varchar(100) unique not null,
  hash varchar(40) not null,
  executed_at timestamp default current_timestamp
);
create temporary table intended (id integer, name text, hash text);
insert into pg_temp.intended values
  (0, 'create-migrations-table', 'e18db593bcde2aca2a408c4d1100f6abba2195df'),
  (1, 'ownership', '40a14a8c4c8dcb98dd33065d5bf7c4eabc2f02c6'),
  (2, 'aquamind_tables', 'd21038bd5d7307bd7111868fa30bcf3925553fb6'),
  (3, 'aquamind_keys', 'e4049a22a6489387ed26420c462e756e01c5f547'),
  (4, 'generator_tables', '62f551075f59aa805d8b14a19d208d90dc185a62'),
  (5, 'partitioned_keys', 'c5bb3b6b8c08d960563bdd0a61e324fe42eabbfd'),
  (6, 'checks', '2274901585de4a13f8dbb1993d905dda79f1ffb6'),
  (7, 'farm_events', '57abf0939436bbf6fb43f75631f7611955fe9341'),
  (8, 'company', 'f9e4aead4227e1ffa75c4f82b97f42273bfe0d3d'),
  (9, 'assimilation', '39ae3e3b9e18ef137c080e78fb4bb9daf285f533'),
  (10, 'operations', '46a9f891d341797bef17d8e106246c37e9a0d5d5'),
  (11, 'allowed_values', '7b9112c03b796e35491d6a8494e43cebbe7ccf93'),
  (12, 'wipe', '7b4fbbcacf7b973e90d970103b1cd003d4f63502'),
  (13, 'loaded_rows', 'a18cfd2d1773796b50421c1c9040bdc90eb928b6'),
  (14, 'loaded_configuration', '3add993b882a642d232c9ec08d2d009a580423e4'),
  (15, 'sampling_errors', '921300c388f4adc1fdacab0c6bc505bf07eee657'),
  (16, 'setting_types', '9fb8dfb406900d90be8335ae244ebef15c3c5887'),
  (17, 'reading_ids', '8ca361d24cabce5b3f7ae2d73e60dccef4ac5351'),
  (18, 'people', '85a361910921222f6bcda832d6bd36cc64a235f3'),
  (19, 'adoption', '0bf617f1ad3d37e9a668671201d64790c12d7bb5'),
  (20, 'work', '3de5481155dda67d79f78337bd3ae0fe814ba0e8'),
  (21, 'deaths_and_tanks', '2abe616f3daff2b1b3d47c89b5503c769a0a980c'),
  (22, 'lice_of_neighbours', '428357fd6e265fcd9fd266541522e0e817c38618'),
  (23, 'sea_waters', '6fd9aea7347a913c7bd852d282b05b9040b4370b'),
  (24, 'work_of_people', '0cdb93ceaeb4d4068b6fbd6b31c32351ecad50f8'),
  (25, 'rounds', '59ede1f2726f912b120e5d9585b60660a8798dec'),
  (26, 'life_stages', 'ffd232e612dd2d4ca23a6dbba6f68cdad826bf91'),
  (27, 'advance', '504a29230bbefa80978a939a9c7c61dd2649ba9e'),
  (28, 'live', '06c8cb891bf051c0128d3251ce6eebc0058df434'),
  (29, 'arguments', '452fe02dd141a0bef1e25f9ca5e5132c4411d66b'),
  (30, 'days_of_emitters', 'ad29fb9891278b9ae11ac8f778a928fe2ee3edf9');
do $$ begin
  if exists (
    select from aquaseed.migrations m left join pg_temp.intended i on i.id = m.id where i.hash is distinct from m.hash
  ) then
    raise exception 'this database was made by another version of aquaseed' using errcode = 'AQ001',
      hint = 'Nothing was written: install into a new database.';
  end if;
end $$;
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 0
on conflict do nothing;
select not exists (select from aquaseed.migrations where id = 1) as pending \gset
\if :pending
\echo migration 1 of 30
begin;
\ir ../migrations/001_ownership.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 1;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 2) as pending \gset
\if :pending
\echo migration 2 of 30
begin;
\ir ../migrations/002_aquamind_tables.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 2;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 3) as pending \gset
\if :pending
\echo migration 3 of 30
begin;
\ir ../migrations/003_aquamind_keys.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 3;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 4) as pending \gset
\if :pending
\echo migration 4 of 30
begin;
\ir ../migrations/004_generator_tables.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 4;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 5) as pending \gset
\if :pending
\echo migration 5 of 30
begin;
\ir ../migrations/005_partitioned_keys.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 5;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 6) as pending \gset
\if :pending
\echo migration 6 of 30
begin;
\ir ../migrations/006_checks.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 6;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 7) as pending \gset
\if :pending
\echo migration 7 of 30
begin;
\ir ../migrations/007_farm_events.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 7;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 8) as pending \gset
\if :pending
\echo migration 8 of 30
begin;
\ir ../migrations/008_company.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 8;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 9) as pending \gset
\if :pending
\echo migration 9 of 30
begin;
\ir ../migrations/009_assimilation.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 9;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 10) as pending \gset
\if :pending
\echo migration 10 of 30
begin;
\ir ../migrations/010_operations.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 10;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 11) as pending \gset
\if :pending
\echo migration 11 of 30
begin;
\ir ../migrations/011_allowed_values.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 11;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 12) as pending \gset
\if :pending
\echo migration 12 of 30
begin;
\ir ../migrations/012_wipe.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 12;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 13) as pending \gset
\if :pending
\echo migration 13 of 30
begin;
\ir ../migrations/013_loaded_rows.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 13;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 14) as pending \gset
\if :pending
\echo migration 14 of 30
begin;
\ir ../migrations/014_loaded_configuration.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 14;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 15) as pending \gset
\if :pending
\echo migration 15 of 30
begin;
\ir ../migrations/015_sampling_errors.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 15;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 16) as pending \gset
\if :pending
\echo migration 16 of 30
begin;
\ir ../migrations/016_setting_types.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 16;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 17) as pending \gset
\if :pending
\echo migration 17 of 30
begin;
\ir ../migrations/017_reading_ids.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 17;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 18) as pending \gset
\if :pending
\echo migration 18 of 30
begin;
\ir ../migrations/018_people.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 18;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 19) as pending \gset
\if :pending
\echo migration 19 of 30
begin;
\ir ../migrations/019_adoption.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 19;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 20) as pending \gset
\if :pending
\echo migration 20 of 30
begin;
\ir ../migrations/020_work.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 20;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 21) as pending \gset
\if :pending
\echo migration 21 of 30
begin;
\ir ../migrations/021_deaths_and_tanks.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 21;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 22) as pending \gset
\if :pending
\echo migration 22 of 30
begin;
\ir ../migrations/022_lice_of_neighbours.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 22;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 23) as pending \gset
\if :pending
\echo migration 23 of 30
begin;
\ir ../migrations/023_sea_waters.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 23;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 24) as pending \gset
\if :pending
\echo migration 24 of 30
begin;
\ir ../migrations/024_work_of_people.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 24;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 25) as pending \gset
\if :pending
\echo migration 25 of 30
begin;
\ir ../migrations/025_rounds.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 25;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 26) as pending \gset
\if :pending
\echo migration 26 of 30
begin;
\ir ../migrations/026_life_stages.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 26;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 27) as pending \gset
\if :pending
\echo migration 27 of 30
begin;
\ir ../migrations/027_advance.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 27;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 28) as pending \gset
\if :pending
\echo migration 28 of 30
begin;
\ir ../migrations/028_live.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 28;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 29) as pending \gset
\if :pending
\echo migration 29 of 30
begin;
\ir ../migrations/029_arguments.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 29;
commit;
\endif
select not exists (select from aquaseed.migrations where id = 30) as pending \gset
\if :pending
\echo migration 30 of 30
begin;
\ir ../migrations/030_days_of_emitters.sql
insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 30;
commit;
\endif
drop table pg_temp.intended;
