import type { Biology, Configuration, Farm, Work } from '../../config/index.ts';
import { parseDay } from '../days.ts';
import { survivors } from '../farm/growth.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { daysOff } from '../schedule/working-days.ts';

/** Fish a day that the slaughterhouses of a geography take. */
const SLAUGHTERED_PER_DAY = 220_000;
/** The rings that are emptied last grow on for half of the harvest, and rings differ: so much above the mean. */
const FULLEST_RING = 1.2;

/**
 * What a dense plan asks of the farm that a real one could not give, a sentence each. Warnings, no errors: the data
 * follows the plan, and `verify` judges what a batch does with the places it was given.
 */
export function strains(
  schedule: Schedule,
  { farm, biology, work }: Pick<Configuration, 'farm' | 'biology' | 'work'>,
): string[] {
  return [
    ...fullRings(schedule, farm, biology),
    ...busySlaughter(schedule, biology),
    ...movesOnDaysOff(schedule, work),
  ];
}

/** Starts and moves that no planner put there. */
function movesOnDaysOff(schedule: Schedule, work: Work): string[] {
  const found = daysOff(schedule, work);
  const [first] = found;
  if (first === undefined) return [];
  return [
    `${found.length} starts and moves are not on a Monday to Thursday that is worked on: ` +
      `${first.batch} ${first.message} (validate shows them all)`,
  ];
}

/** Rings that get more fish than they may hold when these are as heavy as they are to be harvested. */
function fullRings({ batches }: Schedule, farm: Farm, biology: Biology): string[] {
  const rings = new Map(farm.containers.filter((it) => it.areaId !== null).map((it) => [it.name, it]));
  const over = batches.flatMap((batch) => {
    const kg = (FULLEST_RING * survivors(batch, biology) * batch.harvest_target_kg) / batch.sea.rings.length;
    const share = Math.max(...batch.sea.rings.map((it) => kg / (rings.get(it)?.maxBiomassKg ?? kg)));
    const density = Math.max(...batch.sea.rings.map((it) => kg / (rings.get(it)?.volumeM3 ?? kg)));
    return share > 1 ? [{ batch, share, density }] : [];
  });
  const worst = over.sort((a, b) => b.share - a.share)[0];
  if (worst === undefined) return [];
  const { batch, share, density } = worst;
  return [
    `${over.length} of ${batches.length} batches have more fish than their rings may hold at harvest: ` +
      `${batch.batch_id} up to ${share.toFixed(2)} of the largest biomass, ${density.toFixed(0)} kg/m3, in ${batch.sea.rings.length} rings`,
  ];
}

/** Geographies that have more fish to slaughter, on average over the starts, than are slaughtered in a day. */
function busySlaughter({ batches }: Schedule, biology: Biology): string[] {
  return [...new Set(batches.map((it) => it.geography))].flatMap((geography) => {
    const here = batches.filter((it) => it.geography === geography);
    const starts = here.map((it) => parseDay(it.start_date) ?? 0);
    const days = Math.max(...starts) - Math.min(...starts);
    // Under a year of starts there is no steady harvest yet.
    if (here.length < 2 || days < 365) return [];
    const fish = here.reduce((sum, it) => sum + survivors(it, biology), 0) / here.length;
    const perDay = (fish * (here.length - 1)) / days;
    if (perDay <= SLAUGHTERED_PER_DAY) return [];
    return [
      `${geography} has ${Math.round(perDay / 1000)},000 fish a day to slaughter on average, ` +
        `${SLAUGHTERED_PER_DAY / 1000},000 are slaughtered a day`,
    ];
  });
}
