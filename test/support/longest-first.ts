import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, the longest first; below test/, without their ending. A file that begins late keeps one
 * worker busy alone at the end, so these begin the run; only their order is measured, roughly.
 */
const LONGEST = [
  'run/output',
  'run/refresh',
  'run/settings',
  'run/kill',
  'run/login',
  'run/advance',
  'run/refresh-others',
  'adopt/generated',
  'run/replace',
  'verify/checks',
  'adopt/give-back',
  'run/wipe-others',
  'run/wipe',
  'run/psql',
  'run/determinism',
  'run/prefix',
  'run/overlap',
  'run/roles',
  'run/options',
  'report/report',
  'database/embedded',
  'run/today',
  'run/ledger',
  'run/failures',
  'run/incidents',
  'database/psql-agreement',
  'driver/package',
  'run/planted',
  'run/row-security',
  'run/owner',
  'assimilate/reference',
  'adopt/refusals',
  'emit/company',
  'run/outages',
  'run/batch',
];

/** Starts the longest files first, so that the workers end together. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((it) => moduleId.endsWith(path.join('test', `${it}.test.ts`)));
      return at < 0 ? LONGEST.length : at;
    };
    // As vitest has them among those that are not named: by size, or as they took the last time.
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
