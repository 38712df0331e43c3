import seedrandom from 'seedrandom';
import type { Biology } from '../../config/index.ts';

/** Eggs of a batch by its number within the geography. */
export function eggsOf(indexInGeography: number, biology: Biology): number {
  const { base, step, span } = biology.batch.eggs;
  return base + ((indexInGeography * step) % span);
}

/** Drawn evenly between the bounds, in kg to the gram; from the seed and the batch alone. */
export function harvestTarget(seed: number, batchId: string, biology: Biology): number {
  const { min, max } = biology.batch.harvest_target_kg;
  return Math.round((min + (max - min) * seedrandom(`${seed}:${batchId}`)()) * 1000) / 1000;
}
