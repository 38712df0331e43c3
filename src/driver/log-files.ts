import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { EXIT, UserError } from '../errors.ts';
import type { Reporter } from './progress.ts';
import type { Unit } from './statements.ts';

/**
 * Also writes one file per batch, each step with its rows per table and milliseconds as a JSON object a line, and
 * run.log with everything else. Files of an earlier run are continued, so that a resumed one is whole.
 * @throws UserError (exit 2) when the directory cannot be written to
 */
export function logToFiles(reporter: Reporter, directory: string, batches: readonly string[]): Reporter {
  const known = new Set(batches);
  const append = (file: string, event: string, fields: Record<string, unknown>): void => {
    const line = JSON.stringify({ event, time: new Date().toISOString(), ...fields });
    try {
      appendFileSync(path.join(directory, file), `${line}\n`);
    } catch (error) {
      throw new UserError(`--log-dir: cannot write: ${(error as Error).message}`, EXIT.usage);
    }
  };
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new UserError(`--log-dir: ${(error as Error).message}`, EXIT.usage);
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
