import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Binaries } from './binaries.ts';
import { failed, reasonIn } from './failures.ts';
import { giveName, type Place, readText } from './home.ts';
import type { Host } from './host.ts';
import { giveTo, runAs } from './system-user.ts';

/** The role that owns everything in the server. */
export const ROLE = 'aquaseed';
/** Files of ours in a data directory. */
const PASSWORD = 'aquaseed.password';
export const SETTINGS = 'aquaseed.conf';

/** Refuses a data directory that this server cannot use. */
export function requireUsable({ data }: Place, { version }: Binaries): void {
  const made = readText(path.join(data, 'PG_VERSION'));
  const own = version.split('.')[0];
  if (made === own) return;
  if (made !== undefined) {
    throw failed(
      `${data} was made by PostgreSQL ${made}`,
      `the embedded server is PostgreSQL ${own}`,
      'Its data can be made again: delete that directory and run the command again.',
    );
  }
  if (!existsSync(data) || readdirSync(data).length === 0) return;
  throw failed(
    `${data} exists`,
    'it is not a PostgreSQL data directory',
    'Move it away, or set AQUASEED_HOME to another directory.',
  );
}

/**
 * Creates the data directory, with its password in it, at the first use. It appears under its name only when it is
 * whole: an interrupted attempt leaves nothing there, and of two commands at the same moment one wins.
 */
export async function makeData(place: Place, { binaries, user }: Host): Promise<void> {
  removeDrafts(place.home);
  const draft = path.join(place.home, `${DRAFT}${process.pid}-${randomBytes(4).toString('hex')}`);
  const passwordDraft = `${draft}.password`;
  const write = (file: string, content: string): void => {
    writeFileSync(file, content, { mode: 0o600 });
    giveTo(user, file);
  };
  try {
    mkdirSync(draft, { mode: 0o700 });
    giveTo(user, draft);
    write(passwordDraft, randomBytes(18).toString('base64url'));
    const { code, output } = await runAs(user, place.home, binaries.initdb, [
      `--pgdata=${draft}`,
      `--username=${ROLE}`,
      `--pwfile=${passwordDraft}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-data-checksums',
      '--no-sync',
      '--no-instructions',
    ]);
    if (code !== 0) {
      throw failed(
        'Cannot create the data directory of the embedded server',
        reasonIn(output),
        code === undefined
          ? 'Its programs do not run on this system (they need glibc): name a server with --database-url.'
          : 'Set AQUASEED_HOME to a directory on another disk, or name a server with --database-url.',
      );
    }
    renameSync(passwordDraft, path.join(draft, PASSWORD));
    // Only by TCP from this machine, and only with the password.
    write(path.join(draft, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
    const main = path.join(draft, 'postgresql.conf');
    write(main, `${readFileSync(main, 'utf8')}\ninclude = '${SETTINGS}'\n`);
    giveName(draft, place.data);
  } finally {
    rmSync(passwordDraft, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

const DRAFT = 'postgres.new-';

/** What commands left behind that were killed in the middle. */
function removeDrafts(home: string): void {
  for (const name of readdirSync(home)) {
    if (!name.startsWith(DRAFT) || isAlive(Number.parseInt(name.slice(DRAFT.length), 10))) continue;
    rmSync(path.join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** @throws UserError (exit 3) where there is none */
export function readPassword({ data, oldPassword }: Place): string {
  const file = path.join(data, PASSWORD);
  const password = readText(file) ?? readText(oldPassword);
  if (password !== undefined) return password;
  throw failed(
    'The password of the embedded server is gone',
    file,
    `Its data can be made again: stop the server, delete ${data} and run the command again.`,
  );
}
