import type { Incidents } from '../config/index.ts';
import { combine, type Key, stream, uniform } from './draws.ts';

/** A move of fish between two containers; containers are counted from 0 within their stage. */
export interface Move {
  source: number;
  dest: number;
  /** Batch day. */
  day: number;
  /** Of the source's fish. */
  share: number;
  /** How heavy the fish are against the source's mean. */
  weightFactor: number;
}

/** A transition into a stage. */
interface Transition {
  seed: number;
  batchKey: Key;
  /** Order of the stage that the fish move into, and whether it is at sea. */
  stageOrder: number;
  toSea: boolean;
  /** Batch day on which that stage begins, and days that the sources are kept from then on. */
  startDay: number;
  room: number;
  sources: number;
  dests: number;
  incidents: Incidents;
}

/** Who goes where into a stage, as the simulation draws it (aquaseed._plan_moves). */
export function movesInto(transition: Transition): Move[] {
  const { sources, dests, startDay } = transition;
  const { groups, span } = mannerOf(transition);
  const { weight_difference } = transition.incidents.grading;
  const moves: Move[] = [];
  for (let source = 0; source < sources; source++) {
    for (let dest = 0; dest < dests; dest++) {
      const day = startDay + (dests > 1 ? Math.round((dest * span) / (dests - 1)) : 0);
      if (groups === undefined) {
        const from = Math.max(source * dests, dest * sources);
        const share = (Math.min((source + 1) * dests, (dest + 1) * sources) - from) / dests;
        if (share > 0) moves.push({ source, dest, day, share, weightFactor: 1 });
        continue;
      }
      const group = Math.floor(dest / groups);
      if (Math.floor(source / groups) !== group) continue;
      const members = Math.min(groups, dests - group * groups);
      const weightFactor =
        members > 1 ? 1 + weight_difference * (1 - (2 * (dest % groups)) / (members - 1)) : 1;
      moves.push({ source, dest, day, share: 1 / members, weightFactor });
    }
  }
  return moves;
}

/** Tanks in a group whose fish are graded, or undefined; days over which the fish move. */
function mannerOf(transition: Transition): { groups: number | undefined; span: number } {
  const { incidents, stageOrder, toSea, room, sources, dests } = transition;
  if (!incidents.enabled) return { groups: undefined, span: 0 };
  const key = combine(stream(transition.seed, 'transition'), transition.batchKey);
  const draw = (n: number) => uniform(key, stageOrder * 10 + n);
  const { grading, staggered_transfer } = incidents;
  if (!toSea && sources === dests && draw(0) < grading.transitions) {
    const { from, to } = grading.destinations;
    return { groups: from + Math.floor(draw(1) * (to - from + 1)), span: 0 };
  }
  if (draw(2) >= staggered_transfer.transitions) return { groups: undefined, span: 0 };
  const { from, to } = toSea ? staggered_transfer.sea_days : staggered_transfer.freshwater_days;
  return { groups: undefined, span: Math.min(room, from + Math.floor(draw(3) * (to - from + 1))) };
}
