import type { Biology, Health, Stage } from '../config/index.ts';
import type { Day } from './days.ts';
import { valueFor } from './farm/life.ts';
import type { ScheduleBatch } from './schedule/schedule.ts';
import { season } from './water.ts';

interface StageOfBatch {
  batch: ScheduleBatch;
  stage: Stage;
  /** Batch days: from, and until when its containers are kept. */
  startDay: number;
  endDay: number;
  /** The calendar day of batch day 0. */
  start: Day;
}

/** The hazard of a stage that its procedures leave, by day of the stage (aquaseed._calendar). */
export function backgroundOf(
  { batch, stage, startDay, endDay: keptUntil, start }: StageOfBatch,
  endDay: number,
  biology: Biology,
  health: Health,
): Float64Array {
  const { pulses, shapes, sea_season } = biology.mortality;
  const length = Math.max(0, keptUntil - startDay);
  const most = stage.survival_days ?? stage.days;
  const pulse = (name: string) => pulses[name] ?? { hazard: 0, tau: 1 };
  let rest = -Math.log(valueFor(stage.survival, batch.geography));
  for (const on of biology.vaccination_days) {
    if (on < startDay || on >= endDay) continue;
    const { hazard, tau } = pulse('injection');
    rest -= hazard * (1 - Math.exp(-(Math.min(endDay, startDay + most) - on) / tau));
  }
  if (startDay > 0) {
    const { hazard, tau } = pulse(stage.habitat === 'sea' ? 'sea_entry' : 'transfer');
    rest -= hazard * (1 - Math.exp(-Math.min(endDay - startDay, most) / tau));
  }
  if (stage.habitat === 'sea') rest -= health.after_delousing.expected_hazard;
  rest = Math.max(0, rest);

  const density = new Float64Array(length);
  let shaped = 0;
  for (const shape of shapes[stage.key] ?? []) {
    const raw = (n: number) => {
      if (shape.shape === 'early') return Math.exp(-n / shape.tau);
      if (shape.shape === 'bell') return Math.exp(-0.5 * ((n - shape.day) / shape.width) ** 2);
      return n >= endDay - startDay - shape.days && n < endDay - startDay ? 1 : 0;
    };
    let total = 0;
    for (let n = 0; n < endDay - startDay; n++) total += raw(n);
    for (let n = 0; n < length; n++) density[n] = (density[n] ?? 0) + (shape.share * raw(n)) / total;
    shaped += shape.share;
  }
  return density.map((it, n) => {
    const seasonal =
      stage.habitat === 'sea' ? 1 + sea_season.amplitude * season(start + startDay + n, sea_season.phi) : 1;
    return rest * (it + ((1 - shaped) / most) * seasonal);
  });
}
