import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { placeOf } from '../database/embedded/home.ts';
import { EmbeddedServer, embeddedStatus, embeddedTarget, stopEmbedded } from '../database/embedded/server.ts';
import { connectionError } from '../database/explain.ts';
import { requireName } from '../database/names.ts';
import { CONNECTION_VARIABLES } from '../database/parameters.ts';
import { DEFAULT_DATABASE, urlWithPassword } from '../database/target.ts';
import { asTyped } from '../invocation.ts';
import { printData, say } from '../output/output.ts';
import { onStopSignal } from '../signals.ts';
import { type EmbeddedChoice, type Finish, json, onEmbedded } from './_options.ts';
import { addQuery } from './query.ts';

export function addDb(program: Command, finish: Finish): void {
  const db = program
    .command('db')
    .description('the embedded PostgreSQL server')
    .addHelpText('after', embeddedHelp);
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
  addQuery(db, finish);
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

function print(options: EmbeddedChoice, text: string, object: Record<string, unknown>): void {
  printData(`${options.json ? JSON.stringify(object) : text}\n`);
}

/** @throws UserError (exit 2) for a name that no database can have, or one that nobody can connect to */
function chosenName({ database = DEFAULT_DATABASE }: EmbeddedChoice): string {
  requireName(database);
  if (database === 'template0') {
    throw new UserError('Nobody can connect to database "template0"', EXIT.usage);
  }
  return database;
}

/** `db start`: starts the embedded server and leaves it running until `db stop`. */
export async function dbStart(options: EmbeddedChoice = {}): Promise<ExitCode> {
  const database = chosenName(options);
  const server = await EmbeddedServer.open({ home: options.home, persistent: true, log: say });
  try {
    await server.ensureDatabase(database).catch((error: unknown) => {
      throw connectionError(error, server.target(database));
    });
    const { display } = server.target(database);
    if (!server.started) say('The embedded server was running already; it now stays until db stop.');
    print(options, `${display} (db url prints it with the password, db psql opens it)`, {
      running: true,
      started: server.started,
      url: display,
      logFile: server.logFile,
    });
  } finally {
    await server.release();
  }
  return EXIT.done;
}

/** `db stop`: stops the embedded server, and says so when other commands were using it. */
export async function dbStop(options: EmbeddedChoice = {}): Promise<ExitCode> {
  const { users } = await embeddedStatus({ home: options.home });
  const stopped = await stopEmbedded({ home: options.home });
  if (stopped && users.length > 0) say(`It was in use by pid ${users.join(', ')}.`);
  print(options, stopped ? 'The embedded server is stopped.' : 'The embedded server was not running.', {
    running: false,
    stopped,
  });
  return EXIT.done;
}

/** `db url`: prints the connection URL with the password, for other programs. */
export async function dbUrl(options: EmbeddedChoice = {}): Promise<ExitCode> {
  const target = await embeddedTarget(chosenName(options), { home: options.home });
  if (target === undefined) {
    throw new UserError(
      'The embedded server is not running',
      EXIT.database,
      `Start it with: ${asTyped('db start')}`,
    );
  }
  const url = urlWithPassword(target);
  print(options, url, { url });
  return EXIT.done;
}

/** Whether psql is installed here. */
export function hasPsql(): boolean {
  return spawnSync('psql', ['--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * `db psql [arguments]`: psql on the embedded server, which is started for it if need be. The password goes
 * by the environment, so that the process list does not show it. Gives psql's exit code.
 */
export async function dbPsql(args: string[], options: EmbeddedChoice = {}): Promise<number> {
  const database = chosenName(options);
  const server = await EmbeddedServer.open({ home: options.home, log: say });
  // Ctrl-C is psql's: it cancels the statement there, and must not end this process before psql.
  let child: ChildProcess | undefined;
  const ignoreSignals = onStopSignal((signal) => {
    if (signal !== 'SIGINT') child?.kill(signal);
  });
  try {
    // A name that was typed is not created: psql says that it does not exist.
    if (database === DEFAULT_DATABASE) await server.ensureDatabase(database);
    const target = server.target(database);
    return await new Promise<number>((resolve, reject) => {
      child = spawn('psql', args, {
        stdio: 'inherit',
        env: {
          ...withoutPgVariables(process.env),
          PGHOST: target.host,
          PGPORT: String(target.port),
          PGUSER: target.user,
          PGDATABASE: target.database,
          PGPASSWORD: target.password() ?? '',
          PGSSLMODE: 'disable',
        },
      });
      child.on('error', (error: NodeJS.ErrnoException) => {
        reject(
          error.code === 'ENOENT'
            ? new UserError(
                'psql was not found on this machine',
                EXIT.database,
                `Install a PostgreSQL client (package postgresql-client), or ask with: ${asTyped('db query "select ..."')}`,
              )
            : error,
        );
      });
      child.on('close', (code) => resolve(code ?? EXIT.interrupted));
    });
  } finally {
    ignoreSignals();
    await server.release();
  }
}

/** Variables that would lead psql to another server are left out. */
function withoutPgVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !CONNECTION_VARIABLES.includes(name)));
}
