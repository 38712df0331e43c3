import type { Biology, Farm, FreshwaterStage, SeaStage } from '../../config/index.ts';

/** The stages of a life in order: some in halls, the last at sea. */
export interface Life {
  /** With the batch days it lasts, from startDay, before endDay; its hall is kept before keptUntil. */
  freshwater: { stage: FreshwaterStage; startDay: number; endDay: number; keptUntil: number }[];
  sea: SeaStage;
  /** Batch day of the transfer to sea. */
  seaEntry: number;
}

/** Days that a hall is kept after the next stage has begun, so that a transfer may take longer. */
export interface Room {
  /** In every freshwater stage but the last. */
  moveDays: number;
  /** In the last one, whose fish go to sea. */
  seaMoveDays: number;
}

export const NO_ROOM: Room = { moveDays: 0, seaMoveDays: 0 };

/** The batch day on which one stage of so many days really gives way to the next. */
type Moved = (day: number, before: number, after: number) => number;

/** The stages of biology.yaml laid end to end. */
export function lifeOf(biology: Biology, room: Room = NO_ROOM, moved: Moved = (day) => day): Life {
  const stages = [...biology.stages].sort((a, b) => a.order - b.order);
  const freshwater: Life['freshwater'] = [];
  let [day, startDay] = [0, 0];
  for (const [index, stage] of stages.entries()) {
    const next = stages[index + 1];
    if (stage.habitat === 'sea' || next === undefined) break;
    day += stage.days;
    const endDay = moved(day, stage.days, next.days);
    freshwater.push({ stage, startDay, endDay, keptUntil: endDay });
    startDay = endDay;
  }
  const sea = stages[freshwater.length];
  if (sea?.habitat !== 'sea') throw new Error('no stage at sea: the biology was not checked');
  for (const [index, it] of freshwater.entries()) {
    const next = freshwater[index + 1];
    // The fish must have moved before the next stage ends, which may be some days shorter than planned.
    it.keptUntil =
      next === undefined
        ? it.endDay + room.seaMoveDays
        : Math.min(it.endDay + room.moveDays, Math.max(it.endDay, next.endDay - 1));
  }
  return { freshwater, sea, seaEntry: startDay };
}

/** A value that may differ by geography. */
export function valueFor(values: number | Record<string, number>, geography: string): number {
  if (typeof values === 'number') return values;
  const value = values[geography];
  if (value === undefined) throw new Error(`no value for ${geography}: the biology was not checked`);
  return value;
}

/** The geographies that have production places, in the order of the file. */
export function productionGeographies(farm: Farm): Farm['geographies'] {
  const used = new Set([
    ...farm.stations.filter((it) => it.production).map((it) => it.geographyId),
    ...farm.areas.filter((it) => it.production).map((it) => it.geographyId),
  ]);
  return farm.geographies.filter((it) => used.has(it.id));
}
