import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { PRESETS } from '../../planner/index.ts';
import { PACKAGE_ROOT } from '../invocation.ts';

const SCHEDULES = path.join('config', 'schedules');

/**
 * The file of a schedule as it was named: a file, else one that comes with this package, by its path there or by the
 * name of its preset, so that `generate config/schedules/demo.yaml` and `generate demo` work in any directory.
 */
export function schedulePath(named: string): string {
  if (statSync(named, { throwIfNoEntry: false })?.isDirectory() === false) return named;
  const own = named in PRESETS ? path.join(SCHEDULES, `${named}.yaml`) : path.normalize(named);
  const packed = path.join(PACKAGE_ROOT, own);
  return path.dirname(own) === SCHEDULES && existsSync(packed) ? packed : named;
}
