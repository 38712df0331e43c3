-- Rounds: samples on fixed days of the week of a site, entered late; how fish are measured.

drop function if exists aquaseed._is_sampled(integer, integer, integer, integer);

-- These return or take other columns now.
drop function if exists aquaseed._health_samplings(integer, bigint);
drop function if exists aquaseed._emit_assignments(integer);
drop function if exists aquaseed._emit_feeding_summaries(integer);

create type aquaseed.growth_rounds as (
  every_weeks integer, first_stage_order integer, fish integer, size_sd double precision, left_out double precision
);
comment on type aquaseed.growth_rounds is
  'biology.sampling.growth: weeks from round to round, from this stage on, fish a container, share of rounds left out.';
alter type aquaseed.sampling_plan add attribute size_sd double precision;
comment on type aquaseed.sampling_plan is 'Every so many days, from this stage on, so many fish, more or less.';

-- Readings by hand are entered as late as everything else (work.entry).
drop type aquaseed.manual_reading;

create type aquaseed.measuring as (
  from_g double precision[], weight_g double precision[], length_cm double precision[]
);
comment on type aquaseed.measuring is
  'biology.sampling.measuring: steps in which fish are weighed and measured, the first below from_g[1].';
