import { EXIT, UserError } from '../../errors.ts';
import { describeNoRoom, describeShortages } from '../allocate/capacity.ts';
import { shortestStay } from '../allocate/reserve.ts';
import { formatDay } from '../days.ts';
import { type Choice, choiceOf, MOST_STAGGER, type PlanRequest } from '../request/request.ts';
import { firstStartOf, mostInTime, widestInTime } from '../request/starts.ts';
import type { Failure, Planner } from './attempt.ts';
import { largest, smallest } from './search.ts';

/** A way out of a refusal. It was planned before it was named. */
export interface Alternative {
  text: string;
  /** What to ask for instead. */
  request: PlanRequest;
}

/** Proof that a request cannot be planned: what is short, with dates and numbers, and what could be done. */
export interface Certificate {
  request: PlanRequest;
  failure: Failure;
  alternatives: Alternative[];
}

/** A request that makes sense and does not fit (exit 2). */
export class PlanRefusal extends UserError {
  readonly certificate: Certificate;

  constructor(headline: string, lines: readonly string[], certificate: Certificate, hint?: string) {
    const { alternatives } = certificate;
    const ways = alternatives.map((it) => it.text).join(' | ');
    const way = alternatives.length > 0 ? [`feasible instead: ${ways}`] : ['nothing like it is feasible'];
    super([headline, ...[...lines, ...way].map((it) => `  ${it}`)], EXIT.usage, hint);
    this.name = 'PlanRefusal';
    this.certificate = certificate;
  }
}

/** The refusal of a staggered request with its batches and stagger, given or solved. */
export function refuseStaggered(
  request: PlanRequest,
  batches: number,
  stagger: number,
  failure: Failure,
  planner: Planner,
): PlanRefusal {
  const count = planner.setting.geographies.length;
  const choice = choiceOf(request, planner.setting);
  const fixed: PlanRequest = { ...request, batches, stagger, saturation: undefined };
  const certificate = {
    request: fixed,
    failure,
    alternatives: staggeredAlternatives(fixed, batches, stagger, planner),
  };
  if (failure.late === undefined) {
    const headline =
      `cannot plan ${batches} batches per geography with ${stagger} days between starts` +
      ` (${stagger * count} days in one geography)`;
    return new PlanRefusal(headline, describeFailure(failure, choice), certificate);
  }
  const { lastStart, needed, available } = failure.late;
  const { asOf } = planner.window;
  const headline =
    lastStart === undefined
      ? `cannot plan ${batches * count} batches: with ${stagger} days between starts they need ${needed} days, ` +
        `there are ${Math.max(0, available)} up to ${formatDay(asOf)}`
      : `cannot plan ${batches * count} batches: with ${stagger} days between starts the last one starts on ` +
        `${formatDay(lastStart)}, which is not before ${formatDay(asOf)}`;
  const most = mostInTime(planner.window, stagger, count, planner.setting.timetable);
  const hint =
    most > 0
      ? `time is the limit: at most ${most} batches per geography fit; else start earlier`
      : 'start earlier, or choose a later end';
  return new PlanRefusal(headline, [], certificate, hint);
}

export function refuseLadder(request: PlanRequest, failure: Failure, planner: Planner): PlanRefusal {
  const ways = new Ways(request, planner);
  const completed = request.completed ?? 0;
  const fewer = largest(0, completed - 1, (it) => ways.isFeasible({ completed: it }));
  if (fewer !== undefined) ways.add({ completed: fewer }, `--completed ${fewer}`);
  ways.addAdultDuration({}, '');
  ways.addReserve();
  const lines = describeFailure(failure, choiceOf(request, planner.setting));
  const headline = `cannot plan a ladder with ${completed} completed batches per geography`;
  return new PlanRefusal(headline, lines, { request, failure, alternatives: ways.found });
}

export function describeFailure({ shortages, noRoom }: Failure, choice: Choice): string[] {
  return noRoom ? [describeNoRoom(noRoom, choice.ringCounts)] : describeShortages(shortages);
}

function staggeredAlternatives(
  request: PlanRequest,
  batches: number,
  stagger: number,
  planner: Planner,
): Alternative[] {
  const ways = new Ways(request, planner);
  const { window, setting } = planner;
  const count = setting.geographies.length;
  const total = batches * count;
  const apart = (days: number) =>
    count > 1 ? `${days * count} days between starts in one geography` : `${days} days between starts`;

  // Wider apart; or, where time is short, closer together.
  const inTime = Math.min(widestInTime(window, total, setting.timetable), MOST_STAGGER);
  const wider = smallest(stagger + 1, inTime, (it) => ways.isFeasible({ stagger: it }));
  if (wider !== undefined) ways.add({ stagger: wider }, `${apart(wider)} (--stagger ${wider})`);
  if (inTime < stagger && inTime >= 1)
    ways.add({ stagger: inTime }, `${apart(inTime)} (--stagger ${inTime})`);

  // A shorter stay at sea, as close together as the halls allow.
  const shortest = shortestStay(setting);
  const halls = smallest(stagger, Math.min(wider ?? inTime, inTime), (it) =>
    ways.isFeasible({ stagger: it, adultDuration: shortest }),
  );
  if (halls !== undefined && halls !== wider) {
    const change = halls === stagger ? {} : { stagger: halls };
    const text = halls === stagger ? '' : `${apart(halls)} with `;
    ways.addAdultDuration(change, text);
  }

  // Fewer batches over the same time.
  const most = Math.min(batches, Math.floor(MOST_STAGGER / stagger));
  const every = (k: number) => ({ batches: Math.ceil(batches / k), stagger: stagger * k });
  const k = smallest(2, most, (it) => ways.isFeasible(every(it)));
  if (k !== undefined) {
    const change = every(k);
    ways.add(change, `1 of every ${k} batches (--batches ${change.batches} --stagger ${change.stagger})`);
  }
  const fewer = largest(1, batches - 1, (it) => ways.isFeasible({ batches: it }));
  if (fewer !== undefined)
    ways.add({ batches: fewer }, `at most ${fewer} batches per geography (--batches ${fewer})`);

  // An earlier start.
  const first = formatDay(firstStartOf({ asOf: window.asOf }, total, stagger, setting.timetable));
  if (window.first !== undefined || window.earliest !== undefined) {
    const change = { firstStart: first, asOf: formatDay(window.asOf), years: undefined };
    ways.add(change, `a start on ${first} (--first-start ${first})`);
  }
  const rings = request.rings;
  const smaller =
    rings === undefined ? undefined : largest(1, rings - 1, (it) => ways.isFeasible({ rings: it }));
  if (smaller !== undefined)
    ways.add({ rings: smaller }, `${smaller} rings for each batch (--rings ${smaller})`);
  ways.addReserve();
  return ways.found;
}

/** Collects changes of a request that make it feasible. */
class Ways {
  readonly found: Alternative[] = [];
  readonly #request: PlanRequest;
  readonly #planner: Planner;

  constructor(request: PlanRequest, planner: Planner) {
    this.#request = request;
    this.#planner = planner;
  }

  isFeasible(change: Partial<PlanRequest>): boolean {
    const request = { ...this.#request, ...change };
    const choice = choiceOf(request, this.#planner.setting);
    const planner = this.#plannerFor(change);
    if (request.mode === 'ladder') return planner.ladder(choice, request.completed ?? 0).ok;
    const { batches = 1, stagger = 1 } = request;
    return planner.staggered(choice, batches, stagger).ok;
  }

  /** Adds a change if it can be planned. */
  add(change: Partial<PlanRequest>, text: string): void {
    const isKnown = this.found.some((it) => it.text === text);
    if (!isKnown && this.isFeasible(change))
      this.found.push({ text, request: { ...this.#request, ...change } });
  }

  /** The longest adult stage that fits, if it is long enough for a harvest. */
  addAdultDuration(change: Partial<PlanRequest>, text: string): void {
    const { setting } = this.#planner;
    const { adultDuration } = choiceOf(this.#request, setting);
    const days = largest(shortestStay(setting), adultDuration - 1, (it) =>
      this.isFeasible({ ...change, adultDuration: it }),
    );
    if (days === undefined) return;
    const options = change.stagger === undefined ? '' : `--stagger ${change.stagger} `;
    const way = `${text}an adult stage of at most ${days} days (${options}--adult-duration ${days})`;
    this.add({ ...change, adultDuration: days }, way);
  }

  addReserve(): void {
    if (this.#request.reserve === 'predicted') return;
    this.add({ reserve: 'predicted' }, 'rings reserved until the predicted harvest (--reserve predicted)');
  }

  #plannerFor(change: Partial<PlanRequest>): Planner {
    return change.firstStart === undefined
      ? this.#planner
      : this.#planner.within({ asOf: this.#planner.window.asOf });
  }
}
