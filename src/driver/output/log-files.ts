import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { EXIT, reasonOf, UserError } from '../../errors.ts';
import type { Unit } from '../statements/work.ts';
import type { Reporter } from './progress.ts';

/**
 * Also writes one file per batch, each step with its rows per table and milliseconds as a JSON object a line, and
 * run.log with everything else. Files of an earlier run are continued, so that a resumed one is whole. What cannot be
 * written (a full disk, a directory that is gone) is told once and given up: logs never end a run.
 * @throws UserError (exit 2) when the directory cannot be made
 */
export function logToFiles(reporter: Reporter, directory: string, batches: readonly string[]): Reporter {
  const known = new Set(batches);
  let isGivenUp = false;
  const append = (file: string, event: string, fields: Record<string, unknown>): void => {
    if (isGivenUp) return;
    const line = JSON.stringify({ event, time: new Date().toISOString(), ...fields });
    try {
      appendFileSync(path.join(directory, file), `${line}\n`);
    } catch (error) {
      isGivenUp = true;
      const reason = reasonOf(error);
      reporter.line(
        `warning: --log-dir: cannot write ${path.join(directory, file)}: ${reason}; the run goes on without its logs`,
      );
    }
  };
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new UserError(`--log-dir: cannot make ${directory}: ${reasonOf(error)}`, EXIT.usage);
  }
  append('run.log', 'message', { text: `log opened, ${batches.length} batches` });
  return {
    line: (text) => {
      append('run.log', 'message', { text });
      reporter.line(text);
    },
    stageStart: (stage, units, workers) => {
      append('run.log', 'stage_start', { stage, units, workers });
      reporter.stageStart(stage, units, workers);
    },
    unitDone: (stage, worker, unit: Unit) => {
      append(known.has(unit.unit) ? batchFile(unit.unit) : 'run.log', 'unit', {
        stage,
        worker: worker + 1,
        ...unit,
        milliseconds: Math.round(unit.milliseconds * 10) / 10,
      });
      reporter.unitDone(stage, worker, unit);
    },
    stageEnd: (stage, seconds) => {
      append('run.log', 'stage_end', { stage, seconds: Math.round(seconds * 1000) / 1000 });
      reporter.stageEnd(stage, seconds);
    },
  };
}

/** The file of a batch; a name that a file system may not take gets a digest. */
export function batchFile(batch: string): string {
  const safe = batch.replaceAll(/[^\w.-]/g, '_');
  const mark = createHash('sha256').update(batch).digest('hex').slice(0, 8);
  return `batch-${safe === batch ? batch : `${safe}-${mark}`}.log`;
}
