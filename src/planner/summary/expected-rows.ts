import { type Configuration, WorkCalendar } from '../../config/index.ts';
import { type Day, parseDay } from '../days.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { type ExpectedLife, expectation, type Stay, stormShare } from './expected-life.ts';

/** Rows by table of AquaMind. */
type Rows = Record<string, number>;

/** Rows of a lice sample, one for each type that is found: before lice have settled, and later. */
const ROWS_PER_LICE_SAMPLE = { settling: 2.4, later: 7.15 };
/** Share of the weeks at sea that are so near a delousing that the lice are counted in any case. */
const WEEKS_AROUND_DELOUSING = 0.18;
/** Mean deaths of a container and day at which half of its days have any. */
const DEATHS_FOR_HALF = 0.2;
/** Share of the days of tanks on which hardly anything kills: between hatching and first feeding, for one. */
const QUIET_TANK_DAYS = 0.023;
/** Mean deaths of a ring and day at which it has half of the rows that many deaths would have. */
const RING_DEATHS_FOR_HALF = 3.2;
/** Deliveries to a silo or barge in a day at most, and for each load that is eaten: on some days less is filled up. */
const MOST_DELIVERIES = 2;
const DELIVERED = 0.965;
/** Kinds of waste of a harvest day. */
const WASTES = 3;
const DAYS_PER_WEEK = 7;
/** Days to add to a day, so that weeks begin on Mondays. */
const MONDAY = 3;
/** Days of a calendar month. */
const MONTH = 365.25 / 12;

/**
 * Predicts the rows of every table that a run up to as_of fills: container-days of the schedule times rates. Rates that
 * are not in the configuration stand above, as measured on generated farms; how near this comes: docs/planner.md.
 */
export function predictRows(
  schedule: Schedule,
  configuration: Configuration,
  asOf: string = schedule.metadata.as_of,
): Rows {
  const end = parseDay(asOf) ?? 0;
  const equipment = equipmentOf(configuration);
  const expected = expectation(configuration);
  const calendars = new Map(
    configuration.farm.geographies.map(({ name }) => [name, new WorkCalendar(configuration.work, name)]),
  );
  const found: Rows[] = [];
  let first = end;
  for (const [index, batch] of schedule.batches.entries()) {
    const start = parseDay(batch.start_date) ?? 0;
    const days = emittedDays(schedule, index, start, end);
    if (days === 0) continue;
    first = Math.min(first, start);
    const life = expected(batch);
    for (const stay of life.stays) found.push(rowsOfStay(stay, { start, days }, equipment, configuration));
    const isWorking = (day: number) => calendars.get(batch.geography)?.isWorkingDay(start + day) ?? true;
    found.push(
      rowsOfBatch(life, days, configuration),
      rowsOfHealth(life, { days, isWorking }, configuration),
    );
  }
  // Of every area in use, from the first batch on.
  const areaDays = configuration.farm.areas.filter((it) => it.production).length * (end - first);
  found.push({ environmental_weatherdata: areaDays, environmental_photoperioddata: areaDays });
  return sumByTable(found);
}

/** Whole rows, tables in the order of their names. */
function sumByTable(found: readonly Rows[]): Rows {
  const sums = new Map<string, number>();
  for (const rows of found) {
    for (const [table, n] of Object.entries(rows)) sums.set(table, (sums.get(table) ?? 0) + n);
  }
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([table, n]) => [table, Math.round(n)]));
}

/** Days of a batch that are emitted, as the load of a schedule decides (aquaseed.load_schedule). */
function emittedDays({ metadata, batches }: Schedule, index: number, start: Day, asOf: Day): number {
  const batch = batches[index];
  if (batch === undefined) return 0;
  const written = metadata.extended?.find((it) => index < it.batches)?.as_of ?? metadata.as_of;
  const allowed = Math.min(batch.effective_duration, (parseDay(written) ?? 0) - start);
  const cut = batch.duration < allowed ? batch.duration : Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(batch.effective_duration, asOf - start, cut));
}

/** Rows by the container-days of a stay, in the first days of its batch. */
function rowsOfStay(
  stay: Stay,
  { start, days }: { start: Day; days: number },
  equipment: ReadonlyMap<string, Equipment>,
  { biology, climate, health, incidents }: Configuration,
): Rows {
  const { stage, containers, from, before, deaths, fed } = stay;
  const here = Math.min(before, days) - from;
  if (here <= 0) return {};
  const count = containers.length;
  const containerDays = here * count;
  const isOver = here === before - from;
  const isSea = stage.habitat === 'sea';
  const sensors = sum(containers.map((it) => equipment.get(it)?.sensors ?? 0));
  const { growth } = biology.sampling;
  const weighed = containerDays / (DAYS_PER_WEEK * growth.every_weeks);
  const samples = stage.order < growth.first_life_stage ? 0 : weighed * (1 - growth.left_out);
  const settling = Math.min(here, health.lice.free_days);
  const { settling: early, later } = ROWS_PER_LICE_SAMPLE;
  const { rounds, missed } = health.lice_count;
  const late = Math.max(0, settling - rounds.first_day) * early + (here - settling) * later;
  const left = (1 - WEEKS_AROUND_DELOUSING) * (1 - (1 - missed.site) * (1 - missed.ring));
  const liceRows = (count * late * (1 - left)) / DAYS_PER_WEEK;
  const isFed = stage.meals_per_day > 0;
  const months = isFed ? here / MONTH : 0;
  const deliveries = isFed ? deliveriesTo(stay, here, equipment) : 0;
  return {
    batch_batchcontainerassignment: count,
    // A ring has no state on the day on which its last fish are taken.
    batch_actualdailyassignmentstate: containerDays - (isSea && isOver ? count : 0),
    batch_mortalityevent:
      containerDays * (isSea ? deathRowsOfRing(deaths, biology) : (1 - QUIET_TANK_DAYS) * anyOf(deaths)),
    batch_growthsample: samples,
    batch_individualgrowthobservation: samples * growth.fish,
    environmental_environmentalreading: here * sensors * climate.readings.hours.length * uptimeOf(incidents),
    health_licecount: isSea ? liceRows : 0,
    health_mortalityrecord: recordedWeeks(stay, start, days) * count * anyOf(deaths * DAYS_PER_WEEK),
    inventory_feedingevent: containerDays * fed * stage.meals_per_day,
    inventory_containerfeedingsummary: (months + (isFed && isOver ? 1 : 0)) * count,
    inventory_batchfeedingsummary: months + (isSea && isOver ? 1 : 0),
    inventory_feedpurchase: deliveries,
    inventory_feedcontainerstock: deliveries,
  };
}

/** The share of the times with any deaths, by how many there are in the mean. */
function anyOf(deaths: number): number {
  return deaths / (deaths + DEATHS_FOR_HALF);
}

/** Rows of deaths of a ring and day: one a cause, none on days without removal. */
function deathRowsOfRing(deaths: number, { mortality, feeding }: Configuration['biology']): number {
  const { two_causes, three_causes, sunday_off } = mortality.removal;
  const shares = Object.values(mortality.causes.sea);
  const total = sum(shares);
  const different = (draws: number) => sum(shares.map((it) => 1 - (1 - it / total) ** draws));
  const most = 1 - two_causes - three_causes + two_causes * different(2) + three_causes * different(3);
  const removed = (1 - sunday_off / DAYS_PER_WEEK) * (1 - stormShare(feeding));
  return (removed * most * deaths) / (deaths + RING_DEATHS_FOR_HALF);
}

/** ISO weeks that a container closes: each on its Sunday, the last one when the fish leave. */
function recordedWeeks({ from, before, stage }: Stay, start: Day, days: number): number {
  const weekOf = (day: number) => Math.floor((start + day + MONDAY) / DAYS_PER_WEEK);
  const sundays = weekOf(Math.min(before, days)) - weekOf(from);
  if (before > days) return sundays;
  // The rings of a batch are emptied on any day of the week.
  if (stage.habitat === 'sea') return sundays + 1 - 1 / DAYS_PER_WEEK;
  return sundays + ((start + before + MONDAY) % DAYS_PER_WEEK === 0 ? 0 : 1);
}

/** Rows of a batch as a whole: its moves, harvest, scenarios, plan and transactions. */
function rowsOfBatch(
  { stays, harvest }: ExpectedLife,
  days: number,
  { biology, incidents, masterData }: Configuration,
): Rows {
  const transitions = stays.slice(1).flatMap(({ stage, from, containers }, index) => {
    const before = stays[index];
    return before && from < days ? [{ stage, from: before, to: containers }] : [];
  });
  const { smolt_sale } = masterData.finance;
  const sales = transitions.filter(
    (it) => it.stage.habitat === 'sea' && it.from.stage.key === smolt_sale.stage,
  );
  const rings = stays.at(-1)?.containers.length ?? 0;
  const done = Math.max(0, Math.min(days, harvest.before) - harvest.from) / (harvest.before - harvest.from);
  // A day on which one ring is emptied and the next begun counts for both.
  const events = done * (harvest.workingDays + rings - 1 + thinningsOf(incidents, rings));
  const lots = events * Object.values(biology.harvest.grades).filter((it) => it > 0).length;
  const { profile_days, follow_up_stages } = masterData.scenario;
  const followed = stays.filter(
    ({ stage, from }) => follow_up_stages.includes(stage.key) && from < Math.min(days, profile_days),
  );
  return {
    batch_batch: 1,
    batch_creationworkflow: 1,
    batch_creationaction: stays[0]?.containers.length ?? 0,
    batch_batchtransferworkflow: transitions.length,
    batch_transferaction: sum(
      transitions.map(({ stage, from, to }) => {
        const isGraded = (biology.grading.weight_difference[stage.key] ?? 0) > 0;
        return movesBetween(from.containers.length, to.length, stage.habitat === 'freshwater' && isGraded);
      }),
    ),
    environmental_stagetransitionenvironmental: transitions.length,
    finance_factharvest: lots,
    finance_intercompanytransaction: lots + sales.length,
    harvest_harvestevent: events,
    harvest_harvestlot: lots,
    harvest_harvestwaste: events * WASTES,
    // The plan of a batch is kept while it lives.
    planning_plannedactivity: days < harvest.before ? masterData.activity_templates.length : 0,
    scenario: 1 + followed.length,
    scenario_projection_run: 1,
    scenario_scenarioprojection: profile_days,
  };
}

/** Treatments, journal, samplings, laboratory. */
function rowsOfHealth(
  { stays, delousings, harvest }: ExpectedLife,
  { days, isWorking }: { days: number; isWorking: (day: number) => boolean },
  { biology, health }: Configuration,
): Rows {
  const { sampling, journal, laboratory } = health;
  const last = Math.min(days, harvest.before) - 1;
  const procedures = [...biology.vaccination_days, ...delousings].filter((it) => it <= last);
  const treated = procedures.map((day) => stays.find((it) => day >= it.from && day < it.before));
  const { first_day, every_days } = laboratory.screening;
  const samplings = sum(
    stays.map(({ stage, from, before }) => {
      if (stage.order < sampling.first_life_stage) return 0;
      const until = Math.min(days, stage.habitat === 'sea' ? harvest.before - 1 : before);
      // On the day or the next that is worked on, as long as the stage lasts.
      let found = 0;
      for (let day = from + sampling.every_days - 1; day < until; day += sampling.every_days) {
        let task = day;
        while (!isWorking(task)) task += 1;
        if (task < until) found += 1;
      }
      return found;
    }),
  );
  const fish = samplings * sampling.fish;
  return {
    health_treatment: sum(treated.map((it) => it?.containers.length ?? 0)),
    health_journalentry: procedures.length + Math.floor(last / journal.every_days),
    health_healthlabsample: last < first_day ? 0 : Math.floor((last - first_day) / every_days) + 1,
    health_healthsamplingevent: samplings,
    health_individualfishobservation: fish,
    health_fishparameterscore: fish * Object.keys(sampling.parameters).length,
  };
}

/** Moves when containers, or their halves by size, are laid along each other and cut where they meet. */
function movesBetween(sources: number, dests: number, isGraded: boolean): number {
  return Math.min(sources * dests, sources * (isGraded ? 2 : 1) + dests - 1);
}

/** Thinning harvests of a batch. */
function thinningsOf({ enabled, thinning_harvest }: Configuration['incidents'], rings: number): number {
  const { batches, at_most } = thinning_harvest;
  return enabled && at_most > 0 ? batches * Math.min(rings, (at_most + 1) / 2) : 0;
}

/** The share of its days on which a sensor works: outages begin in any quarter and last whole days, at least one. */
function uptimeOf({ enabled, sensor_outage }: Configuration['incidents']): number {
  if (!enabled) return 1;
  const { from, alpha, to } = sensor_outage.days;
  // Mean of the rounded days: the sum of the chances of so many or more.
  let days = 1;
  for (let n = 2; n <= Math.round(to); n += 1) days += Math.min(1, (from / (n - 0.5)) ** alpha);
  const { per_sensor_year: rate, site_share } = sensor_outage;
  const up = (share: number) => 1 - (Math.min(4, rate * share) * days) / 365;
  return up(site_share) * up(1 - site_share);
}

/** Deliveries in the first days of a stay, each of one load, to the silo of its hall or the barges of its area. */
function deliveriesTo(
  { containers, from, before, weight, kgPerGram }: Stay,
  days: number,
  equipment: ReadonlyMap<string, Equipment>,
): number {
  const { feeders = 0, loadKg = 0 } = equipment.get(containers[0] ?? '') ?? {};
  const load = feeders * loadKg;
  // The cube root of the weight grows evenly, until the fish eat as many loads as can come.
  const first = Math.cbrt(weight.in);
  const growth = (Math.cbrt(weight.out) - first) / (before - from);
  if (load === 0 || growth <= 0) return 0;
  const last = first + growth * days;
  const most = Math.sqrt((MOST_DELIVERIES * load) / (3 * kgPerGram * growth));
  const middle = Math.max(first, Math.min(last, most));
  const loads =
    (kgPerGram * (middle ** 3 - first ** 3)) / load + (MOST_DELIVERIES * (last - middle)) / growth;
  return DELIVERED * loads * feeders;
}

/** What a container has: its sensors, and the silo or barges of its place, which get so much at a time. */
interface Equipment {
  sensors: number;
  feeders: number;
  loadKg: number;
}

/** By container name. */
function equipmentOf({ farm, biology }: Configuration): Map<string, Equipment> {
  const placeOf = (it: { hallId: number | null; areaId: number | null }) => `${it.hallId} ${it.areaId}`;
  const sensors = countBy(farm.sensors.map((it) => it.containerId));
  const feeders = countBy(farm.feedContainers.map(placeOf));
  const capacities = new Map(farm.feedContainers.map((it) => [placeOf(it), it.capacityKg]));
  return new Map(
    farm.containers.map((it) => [
      it.name,
      {
        sensors: sensors.get(it.id) ?? 0,
        feeders: feeders.get(placeOf(it)) ?? 0,
        loadKg: (capacities.get(placeOf(it)) ?? 0) * biology.feed_stock.load_share,
      },
    ]),
  );
}

function countBy<T>(keys: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
