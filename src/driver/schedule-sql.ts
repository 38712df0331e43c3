import type { Configuration } from '../config/index.ts';
import { predictRows, type Schedule } from '../planner/index.ts';
import { scheduleDigest } from './stages/load.ts';

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
 * The text of a file that psql can load after sql/install: configuration and schedule, one transaction, as
 * the stage load of the driver does it. ASCII only, so that it means the same in every client encoding.
 */
export function formatScheduleSql(options: ScheduleSqlOptions): string {
  const { schedule, name, configuration, toolVersion, command } = options;
  const { farm, masterData, biology, climate, health, incidents, digest } = configuration;
  const { metadata } = schedule;
  return `${[
    '-- A schedule and its configuration for psql: opens the run, as the first stage of `aquaseed generate`.',
    `-- ${metadata.total_batches} batches, ${metadata.first_start} to ${metadata.as_of}. Made by:`,
    `-- ${ascii(command.replaceAll(/\s+/g, ' '))}`,
    'begin;',
    // Backslashes of JSON are backslashes.
    'set local standard_conforming_strings = on;',
    'select aquaseed.load_configuration(',
    `  p_farm => ${json(farm)},`,
    `  p_master => ${json(masterData)},`,
    `  p_biology => ${json(biology)},`,
    `  p_climate => ${json(climate)},`,
    `  p_health => ${json(health)},`,
    `  p_incidents => ${json(incidents)});`,
    'select aquaseed.create_run(',
    `  p_seed => ${metadata.seed},`,
    `  p_as_of => date ${quoted(metadata.as_of)},`,
    `  p_schedule => ${json(schedule)},`,
    `  p_schedule_name => ${quoted(name)},`,
    `  p_schedule_digest => ${quoted(scheduleDigest(schedule))},`,
    `  p_config_digest => ${quoted(digest)},`,
    `  p_tool_version => ${quoted(toolVersion)},`,
    `  p_predicted => ${json(predictRows(schedule, configuration))});`,
    'commit;',
  ].join('\n')}\n`;
}

/** As in statements.ts: the same JSON, in which characters beyond ASCII are written as escapes. */
function json(value: unknown): string {
  const text = JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `'${text.replaceAll("'", "''")}'::jsonb`;
}

/** A string constant; characters beyond ASCII as escapes of the U& form. */
function quoted(text: string): string {
  const isPlain = /^[\x20-\x7e]*$/.test(text);
  if (isPlain) return `'${text.replaceAll("'", "''")}'`;
  const escaped = Array.from(text, (it) => {
    if (it === "'") return "''";
    if (it === '\\') return '\\\\';
    const code = it.codePointAt(0) ?? 0;
    return code >= 0x20 && code <= 0x7e ? it : `\\+${code.toString(16).padStart(6, '0')}`;
  });
  return `U&'${escaped.join('')}'`;
}

function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
