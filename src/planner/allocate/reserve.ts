import type { Biology, Climate, Farm } from '../../config/index.ts';
import { eggsOf, harvestTarget } from '../farm/facts.ts';
import { daysToTarget, harvestDays, weightAtSeaEntry } from '../farm/growth.ts';
import { productionGeographies } from '../farm/life.ts';
import type { Setting } from '../farm/setting.ts';
import type { Choice } from '../request/request.ts';
import type { Start } from '../request/starts.ts';

/** Slowest growth that is planned for: so many standard deviations below the mean. */
const SLOW_DEVIATIONS = 2;
/** Days between the sea entries that are tried in the search of the slowest or fastest one. */
const ENTRY_STEP_DAYS = 15;

/** Days of rings that a batch gets. */
export type DaysAtSea = (batch: Start) => number;

/**
 * `worst`: the same days for every batch. `predicted`: until its own target is reached by mean growth at
 * the slowest site of its geography, plus the harvest and a margin; so it depends on the seed.
 */
export function daysAtSeaOf(choice: Choice, setting: Setting): DaysAtSea {
  const { biology, climate, farm, timetable } = setting;
  const { adultDuration } = choice;
  if (choice.reserve === 'worst') {
    const days = reserveDays(biology, climate, farm, adultDuration);
    return (batch) => timetable.daysAtSea(batch, days);
  }
  const weight = weightAtSeaEntry(biology, climate);
  const sites = new Map(setting.geographies.map(({ id }) => [id, sitesOf(farm, id)]));
  const margin = farm.allocation.reserveMarginDays;
  return (batch) => {
    const { id, geography, indexInGeography, start, life } = batch;
    const target = harvestTarget(choice.seed, id, biology) * 1000;
    const entry = start + life.seaEntry;
    let slowest = 0;
    for (const site of sites.get(geography.id) ?? []) {
      const at = { geography: geography.name, site, entry, weight, target };
      slowest = Math.max(slowest, daysToTarget(biology, climate, at) ?? adultDuration);
    }
    const harvest = harvestDays(biology, geography.name, eggsOf(indexInGeography, biology));
    return timetable.daysAtSea(batch, Math.min(slowest + harvest + margin, adultDuration));
  };
}

function sitesOf(farm: Farm, geographyId: number): string[] {
  const areas = farm.areas.filter((it) => it.production && it.geographyId === geographyId);
  return [...new Set(areas.map((it) => it.site))];
}

/**
 * Days of rings that a batch may need at most: the largest target and batch, the coldest climate of the
 * farm, slow growth, the least favourable season; never more than the adult stage may last.
 */
function reserveDays(biology: Biology, climate: Climate, farm: Farm, adultDuration: number): number {
  const { growth_sd, container_growth_sd, harvest_target_kg, eggs } = biology.batch;
  const growth = 1 - SLOW_DEVIATIONS * Math.hypot(growth_sd, container_growth_sd);
  const weight = weightAtSeaEntry(biology, climate, growth);
  const target = harvest_target_kg.max * 1000;
  let worst = 0;
  for (const { id, name } of productionGeographies(farm)) {
    for (const site of sitesOf(farm, id)) {
      for (let entry = 0; entry < 365; entry += ENTRY_STEP_DAYS) {
        const days = daysToTarget(biology, climate, { geography: name, site, entry, weight, target, growth });
        if (days === undefined) return adultDuration;
        worst = Math.max(worst, days + harvestDays(biology, name, eggs.base + eggs.span));
        if (worst >= adultDuration) return adultDuration;
      }
    }
  }
  return Math.min(worst, adultDuration);
}

/** Days at sea in which a mean batch can reach the smallest target at best: shorter stays make no sense. */
export function shortestStay({ biology, climate, farm, geographies, life }: Setting): number {
  const weight = weightAtSeaEntry(biology, climate);
  const target = biology.batch.harvest_target_kg.min * 1000;
  let best = life.sea.days;
  for (const { id, name } of geographies) {
    for (const site of sitesOf(farm, id)) {
      for (let entry = 0; entry < 365; entry += ENTRY_STEP_DAYS) {
        const days = daysToTarget(biology, climate, { geography: name, site, entry, weight, target });
        best = Math.min(best, days ?? best);
      }
    }
  }
  return best;
}
