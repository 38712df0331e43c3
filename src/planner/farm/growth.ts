import type { Biology, Climate, Stage } from '../../config/index.ts';
import { type Day, dayOfYear, monthOf } from '../days.ts';
import { lifeOf, valueFor } from './life.ts';

/**
 * Growth as planned: the formulas and constants of the simulation without its noise. Weights in grams,
 * temperatures in deg C.
 */

/** Longest stay at sea that is looked at; a fish that has not reached its weight by then never will. */
const HORIZON_DAYS = 3650;

/** 1 on day phi of the year, -1 half a year later. */
function season(yearDay: number, phi: number): number {
  return Math.cos((2 * Math.PI * (yearDay - phi)) / 365.25);
}

/** Weight a day later: w^(1/3) grows by tgc/1000 per degree-day, less in water that is too warm. */
function grow(weight: number, tgc: number, temperature: number, factor: number, biology: Biology): number {
  const { start, range } = biology.growth.heat_stress;
  const effective = temperature * (1 - (Math.max(temperature - start, 0) / range) ** 2);
  return (Math.cbrt(weight) + ((factor * tgc) / 1000) * effective) ** 3;
}

/** Batch days in fresh water without feed: before vaccinations and before transfers. */
function fastingDays(biology: Biology): Set<number> {
  const { freshwater } = lifeOf(biology);
  const { vaccination, transfer, sea_transfer } = biology.feeding.fasting_days;
  const days = new Set<number>();
  const addBefore = (day: number, count: number) => {
    for (let back = 1; back <= count; back++) days.add(day - back);
  };
  for (const day of biology.vaccination_days) addBefore(day, vaccination);
  for (const [index, { endDay }] of freshwater.entries()) {
    addBefore(endDay, index === freshwater.length - 1 ? sea_transfer : transfer);
  }
  return days;
}

function weightAfter(stage: Stage, weight: number): number {
  return stage.yolk?.weight_at_end_g ?? weight;
}

/** Weights at the end of each freshwater stage; growth: a factor on the rate, 1 for the mean. */
export function freshwaterWeights(biology: Biology, climate: Climate, growth = 1): number[] {
  const fasting = fastingDays(biology);
  let weight = 0;
  return lifeOf(biology).freshwater.map(({ stage, startDay, endDay }) => {
    weight = stage.weight_at_start_g ?? weight;
    const water = climate.freshwater.stages[stage.key];
    if (water === undefined) throw new Error(`no water for ${stage.key}: the climate was not checked`);
    for (let day = startDay; day < endDay; day++) {
      if (fasting.has(day)) continue;
      const { from, days } = water.ramp ?? { from: water.temperature, days: 1 };
      const ramped = from + (water.temperature - from) * Math.min((day - startDay) / days, 1);
      weight = grow(weight, valueFor(stage.tgc, ''), ramped, growth, biology);
    }
    weight = weightAfter(stage, weight);
    return weight;
  });
}

/** Weight at the end of the last freshwater stage. */
export function weightAtSeaEntry(biology: Biology, climate: Climate, growth = 1): number {
  return freshwaterWeights(biology, climate, growth).at(-1) ?? 0;
}

interface SeaGrowth {
  geography: string;
  site: string;
  /** The calendar day of the transfer to sea. */
  entry: Day;
  weight: number;
  target: number;
  /** Factor on the rate, 1 for the mean. */
  growth?: number;
}

/**
 * Days at sea until the mean fish reaches the target weight.
 * @returns undefined when that takes more than ten years
 */
export function daysToTarget(biology: Biology, climate: Climate, at: SeaGrowth): number | undefined {
  const water = seaTemperature(climate, at.geography, at.site);
  const { second_harmonic: second } = climate.sea.temperature;
  const { sea_season, sea_entry } = biology.growth;
  const { storm } = biology.feeding;
  const tgc = valueFor(lifeOf(biology).sea.tgc, at.geography);
  let weight = at.weight;
  for (let day = 0; day < HORIZON_DAYS; day++) {
    if (weight >= at.target) return day;
    const date = at.entry + day;
    const yearDay = dayOfYear(date);
    const waves = season(yearDay, water.phi) + second.share * season(2 * yearDay, 2 * second.phi);
    const temperature = water.mean + water.amplitude * waves;
    const settled = sea_entry.days > 0 ? Math.min(day / sea_entry.days, 1) : 1;
    const factor =
      (at.growth ?? 1) *
      (1 + sea_season.amplitude * season(yearDay, sea_season.phi)) *
      (sea_entry.from + (1 - sea_entry.from) * settled) *
      (1 - stormChance(storm, date));
    weight = grow(weight, tgc, temperature, factor, biology);
  }
  return undefined;
}

/** The temperature of a site over the year. */
export function seaTemperature(climate: Climate, geography: string, site: string) {
  const water = climate.sea.geographies[geography]?.sites[site]?.temperature;
  if (water === undefined) throw new Error(`no climate for ${geography}, site ${site}: not checked`);
  return water;
}

/** Chance that a day at sea is too rough to feed. */
function stormChance(storm: Biology['feeding']['storm'], day: Day): number {
  return storm.winter_months.includes(monthOf(day)) ? storm.winter : storm.other;
}

/** Calendar days for a working day: 104 weekend days a year and some holidays are off. */
const DAYS_PER_WORKING_DAY = 365.25 / 253;

/** Working days that the harvest of a batch takes: its fish by the most that can be slaughtered in a day. */
export function harvestWorkingDays(biology: Biology, geography: string, eggs: number): number {
  return Math.max(1, Math.ceil(survivors({ eggs, geography }, biology) / biology.harvest.fish_per_day));
}

/** Days of the calendar that the harvest of a batch takes. */
export function harvestDays(biology: Biology, geography: string, eggs: number): number {
  return Math.ceil(harvestWorkingDays(biology, geography, eggs) * DAYS_PER_WORKING_DAY);
}

/** Fish of a batch that live to be harvested, by the survival of the stages. */
export function survivors(batch: { eggs: number; geography: string }, biology: Biology): number {
  return biology.stages.reduce((fish, stage) => fish * valueFor(stage.survival, batch.geography), batch.eggs);
}
