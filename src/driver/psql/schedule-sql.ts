import type { Configuration } from '../../config/index.ts';
import { predictRows, type Schedule } from '../../planner/index.ts';
import { scheduleDigest } from '../stages/load.ts';
import { packFarm } from './pack-farm.ts';

export interface ScheduleSqlOptions {
  schedule: Schedule;
  /** Name of the schedule for reports, such as its file. */
  name: string;
  configuration: Configuration;
  toolVersion: string;
  /** The command line that makes the file, for the comment at its top. */
  command: string;
}

/**
 * The text of a file that psql can load after sql/install.sql: configuration and schedule, one transaction, as
 * the stage load of the driver does it. ASCII only, so that it means the same in every client encoding.
 */
export function formatScheduleSql(options: ScheduleSqlOptions): string {
  const { schedule, name, configuration, toolVersion, command } = options;
  return lines([
    '-- A schedule and its configuration for psql: opens the run, as the first stage of `aquaseed generate`.',
    ...describe(schedule, command),
    'begin;',
    // Backslashes of JSON are backslashes.
    'set local standard_conforming_strings = on;',
    ...configurationCalls(configuration),
    ...createRun({ schedule, name, configuration }, quoted(configuration.digest), quoted(toolVersion)),
    'commit;',
  ]);
}

/** The same for a committed schedule, which shares the configuration in sql/install/config.sql with the others. */
export function formatPresetSql(options: Omit<ScheduleSqlOptions, 'toolVersion'>): string {
  const { schedule, command } = options;
  return lines([
    '-- A schedule for psql: opens the run, as the first stage of `aquaseed generate`. Load it with sql/seed.sql.',
    ...describe(schedule, command),
    '\\set ON_ERROR_STOP on',
    '\\set ON_ERROR_ROLLBACK off',
    'begin;',
    'set local standard_conforming_strings = on;',
    '\\ir ../../sql/install/config.sql',
    ...createRun(options, ":'config_digest'", ":'tool_version'"),
    'commit;',
  ]);
}

/** The configuration of the package for psql, and what a schedule says about it: sql/install/config.sql. */
export function formatConfigurationSql(configuration: Configuration, toolVersion: string): string {
  return lines([
    '-- config/*.yaml for psql: places, master data, settings and the ranges of the checks. Repeatable. Long lines: data.',
    '-- Made by: npm run sql',
    'set standard_conforming_strings = on;',
    `\\set config_digest ${quoted(configuration.digest)}`,
    `\\set tool_version ${quoted(toolVersion)}`,
    ...configurationCalls(configuration),
  ]);
}

function lines(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}

function describe({ metadata }: Schedule, command: string): string[] {
  return [
    `-- ${metadata.total_batches} batches, ${metadata.first_start} to ${metadata.as_of}. Made by:`,
    `-- ${ascii(command.replaceAll(/\s+/g, ' '))}`,
  ];
}

function configurationCalls(configuration: Configuration): string[] {
  const { farm, masterData, biology, climate, health, incidents, work, checks } = configuration;
  return [
    // What the functions return is not the reader's.
    'do $aquaseed$ begin',
    'perform aquaseed.load_configuration(',
    `  p_farm => aquaseed._unpack_farm(${json(packFarm(farm), 3)}),`,
    `  p_master => ${json(masterData, 2)},`,
    `  p_biology => ${json(biology, 1)},`,
    `  p_climate => ${json(climate, 1)},`,
    `  p_health => ${json(health, 1)},`,
    `  p_incidents => ${json(incidents, 1)},`,
    `  p_work => ${json(work, 1)},`,
    `  p_digest => ${quoted(configuration.digest)});`,
    `perform aquaseed.load_check_bounds(${json(checks, 2)});`,
    'end $aquaseed$;',
  ];
}

function createRun(
  { schedule, name, configuration }: Pick<ScheduleSqlOptions, 'schedule' | 'name' | 'configuration'>,
  configDigest: string,
  toolVersion: string,
): string[] {
  return [
    'select aquaseed.create_run(',
    `  p_seed => ${schedule.metadata.seed},`,
    `  p_as_of => date ${quoted(schedule.metadata.as_of)},`,
    `  p_schedule_name => ${quoted(name)},`,
    `  p_schedule_digest => ${quoted(scheduleDigest(schedule))},`,
    `  p_config_digest => ${configDigest},`,
    `  p_tool_version => ${toolVersion},`,
    `  p_predicted => ${json(predictRows(schedule, configuration), 0)},`,
    `  p_schedule => ${json(schedule, 2)}) as run;`,
  ];
}

/**
 * A jsonb constant: the JSON that the driver sends, in which characters beyond ASCII are written as escapes, with
 * a line of its own for every member down to a depth.
 */
function json(value: unknown, depth: number): string {
  return `'${broken(value, depth).replaceAll("'", "''").replaceAll('$aquaseed$', '\\u0024aquaseed$')}'::jsonb`;
}

function broken(value: unknown, depth: number): string {
  if (depth > 0 && typeof value === 'object' && value !== null) {
    const members = Array.isArray(value)
      ? value.map((it) => broken(it, depth - 1))
      : Object.entries(value)
          .filter(([, it]) => it !== undefined)
          .map(([key, it]) => `${escaped(key)}:${broken(it, depth - 1)}`);
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    return members.length === 0 ? `${open}${close}` : `${open}\n${members.join(',\n')}${close}`;
  }
  return escaped(value);
}

function escaped(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A string constant; characters beyond ASCII as escapes of the U& form. */
function quoted(text: string): string {
  const isPlain = /^[\x20-\x7e]*$/.test(text);
  if (isPlain) return `'${text.replaceAll("'", "''")}'`;
  const parts = Array.from(text, (it) => {
    if (it === "'") return "''";
    if (it === '\\') return '\\\\';
    const code = it.codePointAt(0) ?? 0;
    return code >= 0x20 && code <= 0x7e ? it : `\\+${code.toString(16).padStart(6, '0')}`;
  });
  return `U&'${parts.join('')}'`;
}

function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
