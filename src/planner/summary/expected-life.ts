import type { Configuration, Stage } from '../../config/index.ts';
import { parseDay } from '../days.ts';
import {
  daysToTarget,
  freshwaterWeights,
  harvestDays,
  harvestWorkingDays,
  seaTemperature,
} from '../farm/growth.ts';
import { lifeOf, valueFor } from '../farm/life.ts';
import type { ScheduleBatch } from '../schedule/schedule.ts';

/** Containers of a batch in one stage; days are those of the batch. */
export interface Stay {
  stage: Stage;
  containers: readonly string[];
  from: number;
  before: number;
  /** Share of the days with feed. */
  fed: number;
  /** Mean weight of a fish, g, and the feed of all fish in kg for a gram more of it. */
  weight: { in: number; out: number };
  kgPerGram: number;
  /** Mean deaths of a container and day. */
  deaths: number;
}

/** What is expected of a batch, over its whole life; days are those of the batch. */
export interface ExpectedLife {
  stays: Stay[];
  /** First days of the delousings. */
  delousings: number[];
  harvest: { from: number; before: number; workingDays: number };
}

type Place = Omit<Stay, 'deaths' | 'kgPerGram'>;

/** Gives the life of a batch as its mean fish has it: nothing is drawn, and no container is simulated. */
export function expectation(configuration: Configuration): (batch: ScheduleBatch) => ExpectedLife {
  const weights = freshwaterWeights(configuration.biology, configuration.climate);
  return (batch) => {
    const { place, delousings, harvest } = expectedAtSea(batch, weights.at(-1) ?? 0, configuration);
    const places = [...placesInHalls(batch, weights, configuration), place];
    let fish = batch.eggs;
    const stays = places.map((it): Stay => {
      const { survival, biological_fcr } = it.stage;
      const left = fish * valueFor(survival, batch.geography);
      const deaths = (fish - left) / it.containers.length / (it.before - it.from);
      const kgPerGram = (biological_fcr * (fish + left)) / 2 / 1000;
      fish = left;
      return { ...it, deaths, kgPerGram };
    });
    return { stays, delousings, harvest };
  };
}

/** No feed before vaccinations, nor before the fish leave. */
function placesInHalls(
  batch: ScheduleBatch,
  weights: readonly number[],
  { biology }: Configuration,
): Place[] {
  const { vaccination, transfer, sea_transfer } = biology.feeding.fasting_days;
  const stages = lifeOf(biology).freshwater;
  return stages.flatMap(({ stage }, index) => {
    const stay = batch.freshwater[stage.key];
    if (stay === undefined) return [];
    const { containers, start_day: from } = stay;
    const next = stages[index + 1]?.stage.key;
    const { start_day: before } = (next === undefined ? undefined : batch.freshwater[next]) ?? batch.sea;
    const vaccinations = biology.vaccination_days.filter((it) => it >= from && it < before).length;
    const fasting = vaccinations * vaccination + (index === weights.length - 1 ? sea_transfer : transfer);
    const weight = { in: weights[index - 1] ?? 0, out: weights[index] ?? 0 };
    return [{ stage, containers, from, before, fed: 1 - fasting / (before - from), weight }];
  });
}

/** At sea until the mean weight over the harvest is the target. */
function expectedAtSea(batch: ScheduleBatch, weight: number, configuration: Configuration) {
  const { biology, climate, health, farm } = configuration;
  const { start_day: from, end_day, area, rings } = batch.sea;
  const { geography, eggs } = batch;
  const site = farm.areas.find((it) => it.name === area)?.site ?? '';
  const entry = (parseDay(batch.start_date) ?? 0) + from;
  const target = batch.harvest_target_kg * 1000;
  const length = harvestDays(biology, geography, eggs);
  const latest = end_day - from - length;
  const grown = daysToTarget(biology, climate, { geography, site, entry, weight, target }) ?? end_day - from;
  const { fasting_days, growth_from, growth_days } = health.after_delousing;
  const delay = fasting_days + (growth_days * (1 - growth_from)) / 2;
  const days = delousingDays(health, seaTemperature(climate, geography, site).mean, latest);
  // Each round puts the harvest off, and none comes shortly before it.
  const harvestAfter = (rounds: number) => Math.round(grown + rounds * delay - length / 2);
  const isIn = (day: number, round: number) => day <= harvestAfter(round) - health.lice.withholding_days;
  const rounds = withLast(days.filter(isIn), harvestAfter, health.lice);
  const begin = Math.max(0, Math.min(harvestAfter(rounds.length), latest));
  // Rings are emptied one after the other, so that one holds fish for half of the harvest.
  const stay = begin + length / 2;
  const fasting = rounds.length * fasting_days + biology.feeding.fasting_days.harvest + length / rings.length;
  const place: Place = {
    stage: lifeOf(biology).sea,
    containers: rings,
    from,
    before: from + stay,
    fed: 1 - stormShare(biology.feeding) - fasting / stay,
    weight: { in: weight, out: target },
  };
  const workingDays = harvestWorkingDays(biology, geography, eggs);
  const harvest = { from: from + begin, before: from + begin + length, workingDays };
  return { place, delousings: rounds.map((it) => from + it), harvest };
}

/** With the delousing before slaughter, if most batches get one; those of the weeks before wait for it. */
function withLast(
  rounds: readonly number[],
  harvestAfter: (rounds: number) => number,
  { treatment, before_slaughter }: Configuration['health']['lice'],
): number[] {
  const { share, days, least_days } = before_slaughter;
  const last = Math.round(harvestAfter(rounds.length) - (days.from + days.to) / 2);
  if (share < 0.5) return [...rounds];
  const kept = treatment === 'fixed' ? [...rounds] : rounds.filter((it) => it <= last - least_days);
  return last - (kept.at(-1) ?? 0) < least_days ? kept : [...kept, last];
}

/** Share of the days of a year that are too rough to feed. */
export function stormShare(feeding: Configuration['biology']['feeding']): number {
  const { winter, other, winter_months } = feeding.storm;
  const share = winter_months.length / 12;
  return share * winter + (1 - share) * other;
}

/** Days at sea on which the mean fish is deloused, before the last one: as long as its lice take to the threshold. */
function delousingDays(
  { lice, delousing }: Configuration['health'],
  temperature: number,
  last: number,
): number[] {
  const { treatment, fixed_days, free_days, response_days, growth, infection, threshold } = lice;
  if (treatment === 'fixed') return fixed_days;
  const warm = growth.rate * growth.q10 ** ((temperature - growth.reference) / 10);
  const rate = Math.max(growth.min, Math.min(growth.max, warm));
  const spring = threshold.spring_months.length / 12;
  const most = spring * threshold.spring + (1 - spring) * threshold.other;
  const left = Object.values(delousing).reduce((sum, it) => sum + it.share * it.residual, 0);
  const coming = infection.rate / rate;
  const daysFrom = (females: number) => Math.log((most + coming) / (females + coming)) / rate;
  const first = free_days + daysFrom(0) + response_days;
  const between = Math.max(1, daysFrom(most * left));
  const days: number[] = [];
  for (let day = first; day < last; day += between) days.push(Math.round(day));
  return days;
}
