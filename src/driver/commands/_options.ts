import { type Command, InvalidArgumentError, Option } from 'commander';
import { PRESETS } from '../../planner/index.ts';
import { asTyped } from '../invocation.ts';

/** What the options of several commands share: parsers of values, options, and groups of options. */

/** Sets the exit code. */
export type Finish = (code: number) => void;

const DATABASE_HELP = `
Which database: --database-url, else AQUASEED_DIRECT_URL, else DATABASE_URL (or DIRECT_URL beside it), else the
PG* variables, else the embedded PostgreSQL (started and stopped by the command; "db --help" says where its
files are). URLs, host=... strings, ~/.pgpass and services are read as psql reads them. A pooler in transaction
mode is refused: give the direct URL of the server.
`;

export const SCHEDULE = `YAML file, or the name of a preset: ${Object.keys(PRESETS).join(', ')}`;

/** Examples with the program called as it was. */
export function examples(text: string): string {
  return text.replaceAll(/^ {2}aquaseed(?= )/gm, `  ${asTyped('')}`);
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

export function decimal(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > most) {
      throw new InvalidArgumentError(`It must be a number above 0, at most ${most}.`);
    }
    return value;
  };
}

/** Names with commas between them. */
export function nameList(text: string): string[] {
  const names = text.split(',').map((it) => it.trim());
  if (names.includes('')) throw new InvalidArgumentError('It must be names with commas between them.');
  return names;
}

export function dateText(text: string): string {
  const day = new Date(`${text}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(text) ||
    Number.isNaN(day.getTime()) ||
    day.toISOString().slice(0, 10) !== text
  ) {
    throw new InvalidArgumentError('It must be a date that exists, like 2025-12-03.');
  }
  return text;
}

export function option(flags: string, text: string, parse?: (value: string) => unknown): Option {
  const made = new Option(flags, text);
  return parse === undefined ? made : made.argParser(parse);
}

export const json = (): Option => option('--json', 'print one JSON object as the last line on stdout');

export const config = (): Option =>
  option('--config <dir>', 'directory of the configuration, config/ by default');

export const profile = (): Option =>
  option('--profile <names>', 'profiles of the configuration, like industry,uat; later ones win', nameList);

export const seed = (): Option =>
  option('--seed <n>', 'seed of all draws, 42 by default', wholeNumber(0, Number.MAX_SAFE_INTEGER));

export const workers = (text = 'parallel connections, the number of cores by default'): Option =>
  option('--workers <n>', text, wholeNumber(1, 64));

export const confirm = (): Option =>
  option(
    '--confirm <name>',
    'with --replace: the name of the database, to drop it although it holds things of others',
  );

/** A command that works on a database. */
export function onDatabase(command: Command): Command {
  return command
    .addOption(
      option('--database-url <url>', 'postgres://user:password@host:port/database, or host=... dbname=...'),
    )
    .addOption(option('--database <name>', 'database name; replaces that of the URL or the environment'))
    .addHelpText('after', DATABASE_HELP);
}

/** What a command on the embedded server may be told. */
export type EmbeddedChoice = {
  /** Database name; default `aquaseed`. */
  database?: string | undefined;
  /** Home of the embedded server; by default that of `defaultHome`. */
  home?: string | undefined;
  /** Print one JSON object on stdout instead of text. */
  json?: boolean | undefined;
};

/** A command that works on the embedded server only. */
export function onEmbedded(command: Command): Command {
  return command.addOption(option('--database <name>', 'database, aquaseed by default'));
}

/** A command that works on a database over several connections and tells how far it is. */
export function withWorkers(command: Command): Command {
  return onDatabase(command)
    .addOption(workers())
    .addOption(
      option('--log-format <format>', 'progress on stderr').choices(['text', 'json']).default('text'),
    )
    .addOption(json());
}

/** The same, with the configuration. */
export function onRun(command: Command): Command {
  return withWorkers(command).addOption(config()).addOption(profile());
}

/** A command that generates a schedule. */
export function onGeneration(command: Command): Command {
  return onRun(command)
    .addOption(
      option(
        '--owner <username>',
        'AquaMind user who owns the scenarios; the first superuser who can log in by default, else manager_01',
      ),
    )
    .addOption(option('--log-dir <dir>', 'also write a log file per batch there'))
    .addOption(
      option('--retries <n>', 'how often a lost connection is made again, 5 by default', wholeNumber(0, 10)),
    );
}

/** How a command that generates begins and ends its run. */
export function withRunChoices(command: Command): Command {
  return command
    .addOption(option('--no-verify', 'leave the checks out'))
    .addOption(option('--resume', 'continue a run that was interrupted or failed'))
    .addOption(
      option('--replace', 'drop the database first, if aquaseed made it (embedded server only)').conflicts(
        'resume',
      ),
    )
    .addOption(confirm());
}
