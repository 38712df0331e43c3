import { MultiBar, type SingleBar } from 'cli-progress';
import { escapeLine } from '../../escape.ts';
import type { Unit } from '../statements/work.ts';
import { progressStream, say } from './output.ts';

export type LogFormat = 'text' | 'json';

/** Where progress goes: stderr, so that stdout holds results only. */
export interface Reporter {
  /** One line for people. */
  line(text: string): void;
  /** A stage begins with so many units still to do. */
  stageStart(stage: string, units: number, workers: number): void;
  unitDone(stage: string, worker: number, unit: Unit): void;
  stageEnd(stage: string, seconds: number): void;
}

const RATE_DIGITS = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Rows of a unit, all tables together. */
function rowsOf(unit: Pick<Unit, 'rows'>): number {
  return Object.values(unit.rows ?? {}).reduce((sum, rows) => sum + rows, 0);
}

export function formatCount(value: number): string {
  return RATE_DIGITS.format(value);
}

export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.round(seconds - minutes * 60)} s`;
}

interface Tally {
  units: number;
  done: number;
  failed: number;
  rows: number;
  startedAt: number;
}

function newTally(units: number): Tally {
  return { units, done: 0, failed: 0, rows: 0, startedAt: performance.now() };
}

function count(tally: Tally, unit: Unit): void {
  if (unit.state === 'failed') tally.failed += 1;
  tally.done += 1;
  tally.rows += rowsOf(unit);
}

function rate(tally: Tally): number {
  return tally.rows / Math.max(0.001, (performance.now() - tally.startedAt) / 1000);
}

/** Chooses live bars for a terminal, else lines. */
export function createReporter(format: LogFormat): Reporter {
  if (format === 'json') return new JsonReporter();
  return progressStream().isTTY ? new TerminalReporter() : new LineReporter();
}

/** One line per unit: for logs and pipes. */
class LineReporter implements Reporter {
  #tally = newTally(0);

  line(text: string): void {
    say(text);
  }

  stageStart(stage: string, units: number, workers: number): void {
    this.#tally = newTally(units);
    this.line(`${stage}: ${units} units, ${workers} ${workers === 1 ? 'worker' : 'workers'}`);
  }

  unitDone(stage: string, worker: number, unit: Unit): void {
    count(this.#tally, unit);
    const { done, units } = this.#tally;
    const result =
      unit.state === 'failed'
        ? `FAILED: ${unit.error ?? ''}`
        : `${unit.rows === null ? '' : `${formatCount(rowsOf(unit))} rows in `}${(unit.milliseconds / 1000).toFixed(2)} s`;
    this.line(`${stage} ${done}/${units} worker ${worker + 1} ${unit.unit}: ${result}`);
  }

  stageEnd(stage: string, seconds: number): void {
    const { rows } = this.#tally;
    const made =
      rows === 0 ? '' : `, ${formatCount(rows)} rows, ${formatCount(rows / Math.max(0.001, seconds))} rows/s`;
    this.line(`${stage}: done in ${formatSeconds(seconds)}${made}`);
  }
}

/** One JSON object per line. */
class JsonReporter implements Reporter {
  #write(event: string, fields: Record<string, unknown>): void {
    say(JSON.stringify({ event, time: new Date().toISOString(), ...fields }));
  }

  line(text: string): void {
    this.#write('message', { text });
  }

  stageStart(stage: string, units: number, workers: number): void {
    this.#write('stage_start', { stage, units, workers });
  }

  unitDone(stage: string, worker: number, unit: Unit): void {
    this.#write('unit', { stage, worker: worker + 1, ...unit });
  }

  stageEnd(stage: string, seconds: number): void {
    this.#write('stage_end', { stage, seconds: Math.round(seconds * 1000) / 1000 });
  }
}

/** A live bar per stage and a line per worker. */
class TerminalReporter implements Reporter {
  #bars: MultiBar | undefined;
  #stageBar: SingleBar | undefined;
  #workers: SingleBar[] = [];
  #tally = newTally(0);

  line(text: string): void {
    if (this.#bars === undefined) say(text);
    else this.#bars.log(`${escapeLine(text)}\n`);
  }

  stageStart(stage: string, units: number, workers: number): void {
    this.#tally = newTally(units);
    const bars = new MultiBar(
      {
        stream: progressStream(),
        hideCursor: true,
        clearOnComplete: true,
        format: '{stage} [{bar}] {value}/{total}  {rows} rows  {rate} rows/s  ETA {eta_formatted}',
      },
      { format: '', barCompleteChar: '#', barIncompleteChar: '.' },
    );
    this.#bars = bars;
    this.#stageBar = bars.create(units, 0, { stage: stage.padEnd(8), rows: '0', rate: '0' }, { barsize: 30 });
    this.#workers = Array.from({ length: workers }, (_, worker) =>
      bars.create(1, 0, { worker: worker + 1, last: 'working' }, { format: '  worker {worker}  {last}' }),
    );
  }

  unitDone(_stage: string, worker: number, unit: Unit): void {
    count(this.#tally, unit);
    const { done, rows } = this.#tally;
    this.#stageBar?.update(done, { rows: formatCount(rows), rate: formatCount(rate(this.#tally)) });
    const seconds = (unit.milliseconds / 1000).toFixed(2);
    this.#workers[worker]?.update(0, { last: escapeLine(`${unit.unit} in ${seconds} s`) });
    if (unit.state === 'failed') this.line(`${unit.unit} FAILED: ${unit.error ?? ''}`);
  }

  stageEnd(stage: string, seconds: number): void {
    this.#bars?.stop();
    this.#bars = undefined;
    const { rows } = this.#tally;
    const made =
      rows === 0
        ? ''
        : `  ${formatCount(rows).padStart(12)} rows  ${formatCount(rows / Math.max(0.001, seconds)).padStart(9)} rows/s`;
    this.line(`${stage.padEnd(8)}  ${formatSeconds(seconds).padStart(12)}${made}`);
  }
}
