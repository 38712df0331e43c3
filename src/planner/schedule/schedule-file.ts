import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readYamlWithLines } from '../../config/yaml.ts';
import { EXIT, reasonOf, UserError } from '../../errors.ts';
import { escapeLine } from '../../escape.ts';
import { rememberLine } from './lines.ts';
import { type Schedule, type ScheduleBatch, scheduleSchema } from './schedule.ts';

/** What a schedule file may hold: the most batches that the ids have room for take half of it. */
const MAX_BYTES = 4_000_000;

/**
 * Reads a schedule file and checks its form; validateSchedule checks what it says.
 * @throws UserError (exit 2) with file, line and key of every problem
 */
export function readSchedule(file: string): Schedule {
  const { value, lineOf } = readYamlWithLines(file, scheduleSchema, MAX_BYTES);
  rememberLine(value.metadata, () => lineOf(['metadata']));
  for (const [worker, partition] of Object.entries(value.metadata.worker_partitions)) {
    rememberLine(partition, () => lineOf(['metadata', 'worker_partitions', worker]));
  }
  for (const [index, batch] of value.batches.entries()) {
    rememberLine(batch, () => lineOf(['batches', index]));
    rememberLine(batch.sea, () => lineOf(['batches', index, 'sea']));
    for (const [stage, stay] of Object.entries(batch.freshwater)) {
      rememberLine(stay, () => lineOf(['batches', index, 'freshwater', stage]));
    }
  }
  return value;
}

/**
 * Writes a schedule file, as a whole or not at all; makes its directory.
 * @param command the command line that made the schedule, for the comment at its top
 * @throws UserError (exit 1) when the file cannot be written
 */
export function writeSchedule(file: string, schedule: Schedule, command: string): void {
  writeWhole(file, formatSchedule(schedule, command));
}

/**
 * Writes a text file, as a whole or not at all; makes its directory.
 * @throws UserError (exit 1) when the file cannot be written
 */
export function writeWhole(file: string, text: string): void {
  const part = `${file}.${process.pid}.part`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(part, text);
    renameSync(part, file);
  } catch (error) {
    try {
      rmSync(part, { force: true });
    } catch {
      // What cannot be written to cannot be tidied either.
    }
    throw new UserError(`cannot write ${file}: ${reasonOf(error)}`, EXIT.failed);
  }
}

/**
 * The text of a schedule that begins with the batches of a file: they are copied from it byte for byte, with
 * its comments, and the others follow.
 */
export function formatExtended(schedule: Schedule, command: string, file: string): string {
  const fresh = formatSchedule(schedule, command);
  const earlier = readSchedule(file).batches;
  const copied = batchesText(readFileSync(file, 'utf8'));
  if (copied === undefined) return fresh;
  const head = fresh.slice(0, fresh.indexOf('\nbatches:\n') + 1);
  const added = schedule.batches.slice(earlier.length).flatMap(batchLines);
  return `${head}${copied}${added.map((line) => `${line}\n`).join('')}`;
}

/** From the line `batches:` to the next key of its kind, when the list is written as this tool writes it. */
function batchesText(text: string): string | undefined {
  const found = /^batches:[ \t]*(#.*)?\n((?: .*|#.*|)\n)+/m.exec(text.endsWith('\n') ? text : `${text}\n`);
  return found?.[0].includes('\n  - ') ? found[0] : undefined;
}

/** The text of a schedule file: keys in fixed order, one line for each stage, LF, no clock. */
export function formatSchedule(schedule: Schedule, command: string): string {
  const { utilisation, worker_partitions, ...facts } = schedule.metadata;
  const lines = [
    '# Which batch lives in which container on which day. Days count from 0; an end day is the first day',
    '# after. Made by the command below; check changes by hand with `validate`.',
    `# ${escapeLine(command.replaceAll(/\s+/g, ' '))}`,
    'metadata:',
    ...Object.entries(facts).flatMap(([key, value]) =>
      value === undefined ? [] : [`  ${key}: ${flow(value)}`],
    ),
    '  utilisation:',
    ...utilisation.map((it) => `    - ${flow(it)}`),
    '  worker_partitions:',
    ...Object.entries(worker_partitions).map(([worker, it]) => `    ${worker}: ${flow(it)}`),
    'batches:',
    ...schedule.batches.flatMap(batchLines),
  ];
  return `${lines.join('\n')}\n`;
}

function batchLines(batch: ScheduleBatch): string[] {
  const { freshwater, sea, batch_id, ...facts } = batch;
  return [
    `  - batch_id: ${flow(batch_id)}`,
    ...Object.entries(facts).map(([key, value]) => `    ${key}: ${flow(value)}`),
    '    freshwater:',
    ...Object.entries(freshwater).map(([stage, it]) => `      ${flow(stage)}: ${flow(it)}`),
    `    sea: ${flow(sea)}`,
  ];
}

/** Text that YAML 1.1 and 1.2 read as a string without quotes, in a flow collection too. */
const PLAIN = /^[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./()-]+)*$/;
const DATE_OR_RANGE = /^(\d{4}-\d{2}-\d{2}|[1-9]\d*-[1-9]\d*)$/;
const RESERVED = /^(true|false|null|yes|no|on|off|y|n)$/i;

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{ ${members.map(([key, member]) => `${flow(key)}: ${flow(member)}`).join(', ')} }`;
  }
  if (typeof value !== 'string') return String(value);
  const plain = (PLAIN.test(value) && !RESERVED.test(value)) || DATE_OR_RANGE.test(value);
  return plain ? value : JSON.stringify(value);
}
