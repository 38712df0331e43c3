import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../errors.ts';
import { PRESETS } from '../planner/index.ts';
import { assimilate } from './commands/assimilate.ts';
import { batch } from './commands/batch.ts';
import { checksum } from './commands/checksum.ts';
import { dbPsql, dbStart, dbStop, dbUrl } from './commands/db.ts';
import { demo } from './commands/demo.ts';
import { generate } from './commands/generate.ts';
import { migrateCommand } from './commands/migrate.ts';
import { planCommand } from './commands/plan.ts';
import { dbQuery } from './commands/query.ts';
import { refresh } from './commands/refresh.ts';
import { report } from './commands/report.ts';
import { status } from './commands/status.ts';
import { validate } from './commands/validate.ts';
import { verifyCommand } from './commands/verify.ts';
import { wipe } from './commands/wipe.ts';
import { placeOf } from './database/embedded/home.ts';
import { asTyped } from './invocation.ts';
import { printData, say } from './output.ts';
import { TOOL_VERSION } from './session.ts';

const EXIT_CODES = `
Exit codes: 0 done; 1 a check or a unit failed; 2 bad usage, configuration or schedule;
3 database unreachable or refused; 4 another run holds the lock; 130 interrupted.
`;

const DATABASE_HELP = `
Which database: --database-url, else AQUASEED_DIRECT_URL, else DATABASE_URL (or DIRECT_URL beside it), else the
PG* variables, else the embedded PostgreSQL (started and stopped by the command; "db --help" says where its
files are). URLs, host=...
strings, ~/.pgpass and services are read as psql reads them. A pooler in transaction mode is refused: give the
direct URL of the server.
`;

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Names with commas between them. */
function list(text: string): string[] {
  const names = text.split(',').map((it) => it.trim());
  if (names.some((it) => it === ''))
    throw new InvalidArgumentError('It must be names with commas between them.');
  return names;
}

function decimal(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > most) {
      throw new InvalidArgumentError(`It must be a number above 0, at most ${most}.`);
    }
    return value;
  };
}

function names(text: string): string[] {
  const list = text.split(',').map((it) => it.trim());
  if (list.includes('')) throw new InvalidArgumentError('It must be names with commas between them.');
  return list;
}

function dateText(text: string): string {
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

function nameList(text: string): string[] {
  const names = text.split(',').map((it) => it.trim());
  if (!names.every((it) => /^[a-z0-9][a-z0-9_-]*$/.test(it))) {
    throw new InvalidArgumentError('It must be names with commas between them, like industry,uat.');
  }
  return names;
}

function dateOrToday(text: string): string {
  return text === 'today' ? new Date().toISOString().slice(0, 10) : dateText(text);
}

/** Examples with the program called as it was. */
function examples(text: string): string {
  return text.replaceAll(/^ {2}aquaseed(?= )/gm, `  ${asTyped('')}`);
}

/** Where the files of the embedded server are, or why that cannot be said. */
function embeddedHelp(): string {
  const home = (() => {
    try {
      return placeOf().home;
    } catch (error) {
      return (error as Error).message;
    }
  })();
  return `
Its files: ${home}
AQUASEED_HOME names another directory.
`;
}

const WORKERS = wholeNumber(1, 64);
const SCHEDULE = `YAML file, or the name of a preset: ${Object.keys(PRESETS).join(', ')}`;
const json = (): Option => new Option('--json', 'print one JSON object as the last line on stdout');
const config = (): Option =>
  new Option('--config <dir>', 'directory of the configuration, config/ by default');

const confirm = (): Option =>
  new Option(
    '--confirm <name>',
    'with --replace: the name of the database, to drop it although it holds things of others',
  );

const profile = (): Option =>
  new Option(
    '--profile <names>',
    `profiles of the configuration, like industry,uat; later ones win`,
  ).argParser(nameList);

const ASSIMILATE_HELP = `
generate does this once, after its events are sealed. Again it is needed where events were changed by hand. States
are replaced in place, batch by batch, each in one transaction; the same events give the same rows.
--from takes what was before from the events and states of earlier days: choose the day of the first changed event,
and leave --to out when later days depend on it. What was interrupted is continued by the same command.

  aquaseed assimilate
  aquaseed assimilate --only FAR-2023-001,SCO-2023-001 --from 2025-11-01
`;

const PLAN_HELP = `
Staggered (default): the geographies take turns, --stagger days between consecutive starts. With --years (or
--first-start) any two of --batches, --stagger and --saturation fix the third; with --years and --saturation
alone both others are solved. Without a span of time: --batches with --stagger or --saturation.
Ladder: one batch per geography at each of 28 ages on --as-of.

  aquaseed plan --years 4 --stagger 13 --saturation 0.85 --out x.yaml     as many batches as fit
  aquaseed plan --years 5.2 --saturation 0.7 --dry-run                    the stagger that reaches it
  aquaseed plan --extend x.yaml --as-of 2026-01-01 --out x.yaml           later end, same batches and more
  aquaseed plan --from x.yaml --format sql --out x.sql                    for psql, after sql/install.sql
  aquaseed plan --from x.yaml --dry-run --html x.html                     look at it

A request that does not fit is refused with what is short, and with requests that do fit (exit 2).
`;

const REPORT_HELP = `
The page opens offline in any browser and sends no request. Its list of batches shows one alone, and so does
report.html#batch=FAR-2023-001. It reads a complete run and writes nothing into the database.

  aquaseed report --database guide --out guide.html
`;

const QUERY_HELP = `
One statement, on the embedded server unless --database-url names another. Numbers stand to the right, a missing value
is NULL, line ends and control characters are shown as codes. --json prints {"rows": [...], "complete": true}.

  aquaseed db query --database guide "select batch_number, start_date from batch_batch order by 1"
  aquaseed db query --database guide "select * from aquaseed.check_report"
`;

function addPlan(program: Command, finish: (code: number) => void): void {
  const option = (flags: string, text: string, parse?: (value: string) => unknown): Option =>
    parse === undefined ? new Option(flags, text) : new Option(flags, text).argParser(parse);
  program
    .command('plan')
    .description('plan a schedule, prove that nothing collides, and write it')
    .addOption(option('--preset <name>', `${Object.keys(PRESETS).join(', ')}`))
    .addOption(option('--extend <schedule>', 'move the end of a schedule to a later --as-of'))
    .addOption(option('--from <schedule>', 'plan nothing: take this schedule, for --format sql or --dry-run'))
    .addOption(option('--years <n>', 'years from the first start to --as-of', decimal(200)))
    .addOption(option('--batches <n>', 'batches per geography', wholeNumber(1, 20_000)))
    .addOption(option('--stagger <days>', 'days between consecutive starts', wholeNumber(1, 1000)))
    .addOption(
      option('--saturation <share>', 'share of the sea rings in use at the peak, 0 to 1', decimal(1)),
    )
    .addOption(option('--ladder', 'one batch per geography at each of 28 ages'))
    .addOption(
      option('--completed <n>', 'finished batches per geography before the ladder', wholeNumber(0, 1000)),
    )
    .addOption(
      option('--as-of <date>', 'end of history; rows exist for dates before it; today by default', dateText),
    )
    .addOption(
      option('--first-start <date>', 'start of the first batch; else counted back from --as-of', dateText),
    )
    .addOption(
      option('--seed <n>', 'seed of all draws, 42 by default', wholeNumber(0, Number.MAX_SAFE_INTEGER)),
    )
    .addOption(
      option('--slices <n>', 'slices, that is leaves of the big tables; 14 by default', wholeNumber(1, 1000)),
    )
    .addOption(
      option('--rings <n>', 'rings of every batch instead of the configured counts', wholeNumber(1, 1000)),
    )
    .addOption(option('--adult-duration <days>', 'most days at sea', wholeNumber(1, 3000)))
    .addOption(
      option(
        '--reserve <mode>',
        'rings for the slowest batch there may be (worst, the default) or until its own predicted harvest',
      ).choices(['worst', 'predicted']),
    )
    .addOption(
      option(
        '--move-days <days>',
        'keep halls so long after the next stage has begun, for transfers that take several days; 0 by ' +
          'default, under profile uat as long as its transfers take',
        wholeNumber(0, 200),
      ),
    )
    .addOption(
      option(
        '--sea-move-days <days>',
        'the same for the halls that the fish leave for sea',
        wholeNumber(0, 200),
      ),
    )
    .addOption(option('--name <name>', 'a name for the metadata, custom by default'))
    .addOption(profile())
    .addOption(
      option('--format <format>', 'yaml, or sql that psql can load').choices(['yaml', 'sql']).default('yaml'),
    )
    .addOption(option('--out <file>', 'where to write the schedule; stdout by default'))
    .addOption(
      option(
        '--html <file>',
        'also write a page that shows who is where, and how full it is; with --dry-run too',
      ),
    )
    .addOption(
      option('--dry-run', 'print the summary with utilisation over time, rows and minutes; write nothing'),
    )
    .addOption(option('--database-url <url>', 'with --dry-run: take the rate of the run in this database'))
    .addOption(config())
    .addOption(json())
    .addHelpText('after', examples(PLAN_HELP))
    .action(async (options) => finish(await planCommand(options)));
}

function onDatabase(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--database-url <url>',
        'postgres://user:password@host:port/database, or host=... dbname=...',
      ),
    )
    .addOption(new Option('--database <name>', 'database name; replaces that of the URL or the environment'))
    .addHelpText('after', DATABASE_HELP);
}

function withWorkers(command: Command): Command {
  return onDatabase(command)
    .addOption(
      new Option('--workers <n>', 'parallel connections, the number of cores by default').argParser(WORKERS),
    )
    .addOption(
      new Option('--log-format <format>', 'progress on stderr').choices(['text', 'json']).default('text'),
    )
    .addOption(json());
}

function onRun(command: Command): Command {
  return withWorkers(command).addOption(config()).addOption(profile());
}

function onGeneration(command: Command): Command {
  return onRun(command)
    .addOption(new Option('--log-dir <dir>', 'also write a log file per batch there'))
    .addOption(
      new Option('--retries <n>', 'how often a lost connection is made again, 5 by default').argParser(
        wholeNumber(0, 10),
      ),
    );
}

/** The command line. Each action sets the exit code through `finish`. */
export function createProgram(finish: (code: number) => void): Command {
  const program = new Command(asTyped(''))
    .description('Fills a PostgreSQL database with years of believable salmon-farm history.')
    .version(TOOL_VERSION)
    .showHelpAfterError('(--help shows the options)')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({
      writeOut: printData,
      writeErr: (text) => {
        for (const line of text.trimEnd().split('\n')) say(line);
      },
      outputError: (text) => say(text.trimEnd()),
    })
    .exitOverride();

  onRun(
    program
      .command('demo')
      .description('plan the demo farm, generate it into the embedded server and report it (npm start)'),
  )
    .addOption(new Option('--out <file>', 'where to write the page that shows it').default('report.html'))
    .addOption(
      new Option('--replace', 'drop the database also where it holds things of others (asks for its name)'),
    )
    .addOption(confirm())
    .action(async (options) => finish(await demo(options)));

  addPlan(program, finish);

  program
    .command('validate')
    .description('check a schedule file against the infrastructure')
    .argument('<schedule>', SCHEDULE)
    .addOption(config())
    .addOption(profile())
    .addOption(json())
    .action((file, options) => finish(validate(file, options)));

  onDatabase(
    program.command('migrate').description('create or upgrade the schema, load functions and master data'),
  )
    .addOption(config())
    .addOption(profile())
    .addOption(json())
    .action(async (options) => finish(await migrateCommand(options)));

  onGeneration(program.command('generate').description('generate a schedule into an empty database'))
    .argument('<schedule>', SCHEDULE)
    .addOption(
      new Option('--as-of <date>', 'end of history instead of the one of the schedule').argParser(dateText),
    )
    .addOption(new Option('--only <batches>', 'only these batches, with commas between them').argParser(list))
    .addOption(new Option('--no-verify', 'leave the checks out'))
    .addOption(new Option('--resume', 'continue a run that was interrupted or failed'))
    .addOption(
      new Option(
        '--replace',
        'drop the database first, if aquaseed made it (embedded server only)',
      ).conflicts('resume'),
    )
    .addOption(confirm())
    .action(async (file, options) => finish(await generate(file, options)));

  onRun(program.command('batch').description('generate one batch without a schedule file'))
    .addOption(
      new Option('--start-date <date>', 'day the eggs arrive').argParser(dateText).makeOptionMandatory(),
    )
    .addOption(
      new Option('--eggs <n>', 'number of eggs').argParser(wholeNumber(1, 100_000_000)).makeOptionMandatory(),
    )
    .addOption(new Option('--geography <name>', 'such as "Faroe Islands"').makeOptionMandatory())
    .addOption(
      new Option('--duration <days>', 'days to generate')
        .argParser(wholeNumber(1, 1000))
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--seed <n>', 'seed of all draws, 42 by default').argParser(
        wholeNumber(0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(new Option('--no-verify', 'leave the checks out'))
    .addOption(new Option('--resume', 'continue a run that was interrupted or failed'))
    .addOption(
      new Option(
        '--replace',
        'drop the database first, if aquaseed made it (embedded server only)',
      ).conflicts('resume'),
    )
    .addOption(confirm())
    .action(async (options) => finish(await batch(options)));

  withWorkers(
    program
      .command('assimilate')
      .description('compute the daily states of the assignments again from the recorded events'),
  )
    .addOption(
      new Option('--only <batches>', 'names of batches, with commas; all by default').argParser(names),
    )
    .addOption(
      new Option('--from <date>', 'first day to compute; the first there is by default').argParser(dateText),
    )
    .addOption(
      new Option('--to <date>', 'last day to compute; the last there is by default').argParser(dateText),
    )
    .addHelpText('after', examples(ASSIMILATE_HELP))
    .action(async (options) => finish(await assimilate(options)));

  onDatabase(
    program
      .command('wipe')
      .description('delete what was generated; infrastructure and master data stay (asks to type DELETE)'),
  )
    .addOption(new Option('--confirm <word>', 'DELETE, to be given by scripts instead of typing it'))
    .addOption(json())
    .action(async (options) => finish(await wipe(options)));

  onGeneration(
    program
      .command('refresh')
      .description('build a new database beside the live one, verify it and swap them (nightly)'),
  )
    .argument('[schedule]', SCHEDULE)
    .addOption(
      new Option('--as-of <date>', 'end of history, a date or "today", which is the default').argParser(
        dateOrToday,
      ),
    )
    .addOption(
      new Option('--keep-previous <n>', 'how many earlier databases to keep, 1 by default').argParser(
        wholeNumber(0, 9),
      ),
    )
    .addOption(
      new Option('--rollback', 'swap the live database and the previous one, build nothing').conflicts(
        'asOf',
      ),
    )
    .addOption(
      new Option(
        '--maintenance-database <name>',
        'where to connect to create and rename, postgres by default',
      ),
    )
    .addOption(
      new Option(
        '--drop-foreign',
        'go on although others made things or rows that the new database will not have; they are listed',
      ),
    )
    .action(async (file, options) => finish(await refresh(file, options)));

  onRun(program.command('verify').description('run the checks on what was generated')).action(
    async (options) => finish(await verifyCommand(options)),
  );

  onDatabase(
    program
      .command('report')
      .description('one HTML file that shows what was generated: growth, water, feed, lice, harvest, places'),
  )
    .addOption(new Option('--out <file>', 'where to write the page').default('report.html'))
    .addOption(
      new Option('--workers <n>', 'parallel connections, the number of cores by default').argParser(WORKERS),
    )
    .addOption(json())
    .addHelpText('after', examples(REPORT_HELP))
    .action(async (options) => finish(await report(options)));

  onDatabase(program.command('status').description('the ledger of the run: units, rows per second, failures'))
    .addOption(new Option('--watch', 'repeat every second until the run ends'))
    .addOption(json())
    .action(async (options) => finish(await status(options)));

  onDatabase(program.command('checksum').description('a digest per table, independent of row order'))
    .addOption(new Option('--workers <n>', 'parallel connections').argParser(WORKERS))
    .addOption(json())
    .action(async (options) => finish(await checksum(options)));

  const db = program
    .command('db')
    .description('the embedded PostgreSQL server')
    .addHelpText('after', embeddedHelp);
  const onEmbedded = (command: Command): Command =>
    command.addOption(new Option('--database <name>', 'database, aquaseed by default'));
  onEmbedded(db.command('start').description('start it and leave it running'))
    .addOption(json())
    .action(async (options) => finish(await dbStart(options)));
  db.command('stop')
    .description('stop it')
    .addOption(json())
    .action(async (options) => finish(await dbStop(options)));
  onEmbedded(db.command('url').description('print its URL, with the password'))
    .addOption(json())
    .action(async (options) => finish(await dbUrl(options)));
  onEmbedded(db.command('psql').description('psql on it; arguments after -- go to psql'))
    .argument('[arguments...]')
    .action(async (args, options) => finish(await dbPsql(args, options)));

  onEmbedded(db.command('query').description('run one statement and print its rows, without psql'))
    .argument('<statement>', 'such as "select ..."')
    .addOption(
      new Option('--database-url <url>', 'another server: postgres://user:password@host:port/database'),
    )
    .addOption(
      new Option('--limit <n>', 'at most so many rows; 1000 by default, all with --json').argParser(
        wholeNumber(1, 1_000_000_000),
      ),
    )
    .addOption(new Option('--write', 'let the statement change something; it may only read by default'))
    .addOption(json())
    .addHelpText('after', examples(QUERY_HELP))
    .action(async (statement, options) => finish(await dbQuery(statement, options)));

  program.on('command:*', (words: string[]) => {
    say(`error: there is no command "${words[0] ?? ''}"`);
    say('(--help shows the commands)');
    finish(EXIT.usage);
  });
  return program;
}
