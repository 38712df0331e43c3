import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Biology, Climate, Farm } from '../../../src/config/index.ts';
import { formatDay, parseDay } from '../../../src/planner/days.ts';
import {
  type Certificate,
  PlanRefusal,
  type PlanRequest,
  plan,
  type ScheduleBatch,
  validateSchedule,
} from '../../../src/planner/index.ts';
import { biology, climate, farm, smallFarm, work } from '../../support/planning.ts';

const AS_OF = '2025-12-03';

interface World {
  farm: Farm;
  biology: Biology;
  climate: Climate;
}

function refusal(request: PlanRequest, world: World = { farm, biology, climate }): PlanRefusal {
  try {
    plan(request, world.farm, world.biology, world.climate, work);
  } catch (error) {
    if (error instanceof PlanRefusal) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** Plans every alternative again, from its request alone. */
function replan({ alternatives }: Certificate, world: World = { farm, biology, climate }): void {
  for (const { request } of alternatives) {
    const { schedule } = plan(request, world.farm, world.biology, world.climate, work);
    expect(validateSchedule(schedule, world.farm, world.biology)).toEqual([]);
  }
}

describe('a certificate', () => {
  it('has the computed numbers of every resource that is short, and ways out that can be planned', () => {
    const error = refusal({ batches: 292, stagger: 3, asOf: AS_OF, seed: 42 });
    expect(error.message.split('\n')).toEqual([
      'cannot plan 292 batches per geography with 3 days between starts (6 days in one geography)',
      ...['Faroe Islands', 'Scotland'].flatMap((name) => [
        ...['A (egg_alevin)', 'B (fry)', 'C (parr)', 'D (smolt)', 'E (post_smolt)'].map((hall) =>
          expect.stringMatching(
            new RegExp(
              `^ {2}${name}, halls ${hall.replace(/[()]/g, '\\$&')}: 15 batches overlap from \\d{4}-\\d\\d-\\d\\d, ${name === 'Scotland' ? 10 : 12} halls$`,
            ),
          ),
        ),
        expect.stringMatching(
          new RegExp(`^ {2}${name}, sea rings: 75 batches overlap from .*, room for 4[04] `),
        ),
      ]),
      expect.stringMatching(
        /^ {2}feasible instead: 12 days between starts in one geography \(--stagger 6\) \| /,
      ),
    ]);
    const texts = error.certificate.alternatives.map((it) => it.text);
    expect(texts).toContain('1 of every 2 batches (--batches 146 --stagger 6)');
    expect(texts).toContain(
      '10 days between starts in one geography with an adult stage of at most 400 days (--stagger 5 --adult-duration 400)',
    );
    replan(error.certificate);
  });

  it('names alternatives at their border', () => {
    const request: PlanRequest = { batches: 292, stagger: 3, asOf: AS_OF, seed: 42 };
    const next = (changes: Partial<PlanRequest>) => () => refusal({ ...request, ...changes });
    expect(next({ stagger: 5 })).not.toThrow();
    expect(next({ stagger: 5, adultDuration: 401 })).not.toThrow();
    expect(next({ stagger: 4, adultDuration: 300 })).not.toThrow();
    expect(next({ batches: 11 })).not.toThrow();
  });

  it.each<Omit<PlanRequest, 'seed'>>([
    { batches: 100, stagger: 5 },
    { batches: 100, stagger: 6, rings: 20 },
    { batches: 200, stagger: 10, years: 4 },
    { batches: 10, stagger: 20, firstStart: '2025-10-01' },
    { batches: 100, years: 1 },
  ])('for %j has two alternatives at least', (request) => {
    const { certificate } = refusal({ asOf: AS_OF, ...request, seed: 42 });
    expect(certificate.alternatives.length).toBeGreaterThanOrEqual(2);
    replan(certificate);
  });

  it('of a ladder names fewer completed batches', () => {
    const small = smallFarm([{ stations: 6, areas: Array.from({ length: 12 }, () => 20) }]);
    const request: PlanRequest = { mode: 'ladder', completed: 60, asOf: AS_OF, seed: 1 };
    const tight = { ...small, farm: { ...small.farm, areas: small.farm.areas.slice(0, 11) } };
    for (const world of [small, tight]) {
      try {
        plan(request, world.farm, world.biology, world.climate, work);
      } catch (error) {
        if (!(error instanceof PlanRefusal)) throw error;
        replan(error.certificate, world);
      }
    }
    const none = smallFarm([{ stations: 3, areas: [20] }]);
    const { certificate } = refusal({ mode: 'ladder', asOf: AS_OF, seed: 1 }, none);
    expect(certificate.failure.shortages.length).toBeGreaterThan(0);
  });
});

/** Monday to Thursday; made-up coasts have no other days off. 1970-01-01 was a Thursday. */
function isWorked(day: number): boolean {
  return [0, 4, 5, 6].includes(((day % 7) + 7) % 7);
}

/** Friday is a day after Thursday, Sunday a day before Monday, Saturday goes on. */
function onWorkedDay(day: number): number {
  return [day, day + 1, day - 1, day + 2].find(isWorked) ?? day;
}

/**
 * Batches of one geography that need a resource on a day, counted one by one, by the days on which they were to start
 * (the whole farm is moved to working days by one rule).
 */
function needing(starts: readonly number[], day: number, from: number, to: number): number {
  const most = (start: number) => onWorkedDay(start + from) + to - from;
  const until = (start: number) =>
    from === 450 ? Math.min(most(start), onWorkedDay(start + to)) : onWorkedDay(start + to);
  return starts.filter((start) => onWorkedDay(start + from) <= day && day < until(start)).length;
}

/** Checks on its own that what a refusal says is short is short. */
function checkBound(request: { batches: number; stagger: number }, found: PlanRefusal, world: World) {
  const { failure } = found.certificate;
  const producing = world.farm.geographies.filter(
    ({ id }) =>
      world.farm.stations.some((it) => it.geographyId === id) ||
      world.farm.areas.some((it) => it.geographyId === id),
  );
  const total = request.batches * producing.length;
  const end = (parseDay(AS_OF) ?? 0) - 5;
  let first = end - (total - 1) * request.stagger;
  while (!isWorked(first) || onWorkedDay(first + (total - 1) * request.stagger) > end) first -= 1;
  const startsOf = (name: string) =>
    Array.from({ length: total }, (_, index) => index)
      .filter((index) => producing[index % producing.length]?.name === name)
      .map((index) => first + index * request.stagger);
  const ringsOf = (name: string) => {
    const geography = producing.find((it) => it.name === name);
    return world.farm.areas
      .filter((it) => it.geographyId === geography?.id && it.production)
      .map(({ id, name }) => ({
        name,
        rings: world.farm.containers.filter((it) => it.areaId === id).length,
      }));
  };
  for (const short of failure.shortages) {
    const starts = startsOf(short.geography);
    const letter = /^halls (\w)/.exec(short.resource)?.[1];
    if (letter === undefined) {
      // Every batch at sea needs as many rings as the smallest count, all in one area.
      expect(needing(starts, short.day, 450, 900)).toBe(short.overlap);
      const fewest = Math.min(...world.farm.allocation.ringCounts);
      const room = ringsOf(short.geography).reduce((sum, it) => sum + Math.floor(it.rings / fewest), 0);
      expect(short.overlap).toBeGreaterThan(room);
      continue;
    }
    const stage = 'ABCDE'.indexOf(letter);
    expect(needing(starts, short.day, stage * 90, stage * 90 + 90)).toBe(short.overlap);
    const geography = producing.find((it) => it.name === short.geography);
    const stations = world.farm.stations.filter((it) => it.geographyId === geography?.id).map((it) => it.id);
    const halls = world.farm.halls.filter((it) => it.letter === letter && stations.includes(it.stationId));
    expect(short.overlap).toBeGreaterThan(halls.length);
  }
  const { noRoom } = failure;
  if (noRoom === undefined) {
    expect(failure.shortages.length).toBeGreaterThan(0);
    return;
  }
  // Rings: the batches before it are where they are; then no area has enough free rings.
  expect(noRoom.letter).toBeNull();
  expect(found.message).toContain('although the count allows it (first fit)');
  const before = noRoom.batch.indexInGeography;
  const earlier: ScheduleBatch[] =
    before === 0
      ? []
      : plan(
          { batches: before, stagger: request.stagger, firstStart: formatDay(first), asOf: AS_OF, seed: 1 },
          world.farm,
          world.biology,
          world.climate,
          work,
        ).schedule.batches;
  const free = ringsOf(noRoom.batch.geography.name).map(({ name, rings }) => {
    const there = earlier.filter((it) => {
      const start = parseDay(it.start_date) ?? 0;
      return (
        it.sea.area === name && start + it.sea.start_day <= noRoom.day && noRoom.day < start + it.sea.end_day
      );
    });
    return rings - there.reduce((sum, it) => sum + it.sea.rings.length, 0);
  });
  expect(free).toEqual(noRoom.freeRings);
  expect(Math.max(0, ...free)).toBeLessThan(Math.min(...world.farm.allocation.ringCounts));
}

describe('any farm and request', () => {
  const geography = fc.record({
    stations: fc.integer({ min: 1, max: 5 }),
    areas: fc.array(fc.integer({ min: 4, max: 30 }), { minLength: 1, maxLength: 6 }),
  });

  it('is planned without a violation, or refused with a bound that is really violated', () => {
    const seen = { planned: 0, counted: 0, packed: 0, alternatives: 0 };
    fc.assert(
      fc.property(
        fc.array(geography, { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(fc.integer({ min: 2, max: 20 }), { minLength: 1, maxLength: 4 }),
        fc.record({ batches: fc.integer({ min: 1, max: 25 }), stagger: fc.integer({ min: 5, max: 120 }) }),
        (geographies, ringCounts, sizes) => {
          const world = smallFarm(geographies, ringCounts);
          const request = { ...sizes, asOf: AS_OF, seed: 1 };
          try {
            const { schedule } = plan(request, world.farm, world.biology, world.climate, work);
            expect(validateSchedule(schedule, world.farm, world.biology)).toEqual([]);
            seen.planned += 1;
          } catch (error) {
            if (!(error instanceof PlanRefusal)) throw error;
            checkBound(sizes, error, world);
            seen[error.certificate.failure.noRoom ? 'packed' : 'counted'] += 1;
            seen.alternatives += error.certificate.alternatives.length;
            const [first] = error.certificate.alternatives;
            if (first) replan({ ...error.certificate, alternatives: [first] }, world);
          }
        },
      ),
      { numRuns: 120, seed: 3 },
    );
    expect(seen.planned).toBeGreaterThan(20);
    expect(seen.counted).toBeGreaterThan(20);
    expect(seen.alternatives).toBeGreaterThan(seen.counted);
  });

  it('gives solved plans that hold, whatever is left open', () => {
    const open = fc.oneof(
      fc.record({
        stagger: fc.integer({ min: 3, max: 90 }),
        saturation: fc.double({ min: 0.05, max: 1, noNaN: true }),
      }),
      fc.record({ saturation: fc.double({ min: 0.05, max: 1, noNaN: true }) }),
      fc.record({ batches: fc.integer({ min: 1, max: 12 }) }),
    );
    let solved = 0;
    fc.assert(
      fc.property(
        fc.array(geography, { minLength: 1, maxLength: 3 }),
        open,
        fc.integer({ min: 1, max: 6 }),
        (geographies, request, years) => {
          const world = smallFarm(geographies, [10, 8, 4]);
          try {
            const asked = { ...request, years, asOf: AS_OF, seed: 1 };
            const { schedule } = plan(asked, world.farm, world.biology, world.climate, work);
            const { metadata } = schedule;
            expect(metadata.binding_constraint).not.toBe('');
            const earliest = (parseDay(AS_OF) ?? 0) - Math.round(years * 365.25);
            expect(parseDay(metadata.first_start)).toBeGreaterThanOrEqual(earliest);
            solved += 1;
          } catch (error) {
            if (!(error instanceof PlanRefusal)) throw error;
            replan(error.certificate, world);
          }
        },
      ),
      { numRuns: 40, seed: 5 },
    );
    expect(solved).toBeGreaterThan(10);
  });
});
