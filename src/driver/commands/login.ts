import { pbkdf2, randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { install } from '../database/install.ts';
import { checkServer } from '../database/requirements.ts';
import { requireInstalled, withSession } from '../database/session.ts';
import { explainSqlError } from '../database/sql-errors.ts';
import { printData, printText, say } from '../output/output.ts';
import { readSecrets } from '../output/secret.ts';
import { readUsernames, setLogin, unknownUser } from '../statements/users.ts';
import { ownsSchema } from '../statements/wipe.ts';
import { type Finish, json, onDatabase, option } from './_options.ts';

const LOGIN_HELP = `
Asks for the password twice, without echo; without a terminal it is the first line of stdin. Stored is Django's hash of it.
`;

export function addLogin(program: Command, finish: Finish): void {
  onDatabase(program.command('login'))
    .description('let an AquaMind user log in: store a password')
    .argument('<username>', 'such as manager_01, whom the generated scenarios belong to')
    .addOption(option('--superuser', "make the user a superuser, who sees everything and Django's admin"))
    .addOption(json())
    .addHelpText('after', LOGIN_HELP)
    .action(async (username, options) => finish(await login(username, options)));
}

interface LoginOptions {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  superuser?: boolean | undefined;
  json?: boolean | undefined;
}

/** `login <username>`: stores the hash of a password. The password itself stays in this process. */
async function login(username: string, options: LoginOptions): Promise<ExitCode> {
  return await withSession({ ...options, log: say }, async (session) => {
    await requireInstalled(session);
    await checkServer(session.client);
    if (!(await ownsSchema(session.client))) {
      throw new UserError(
        'Only the owner of schema aquaseed may set a password: nothing was changed',
        EXIT.database,
      );
    }
    await install(session.client, session.named);
    const users = (await readUsernames(session.client)) ?? [];
    if (!users.includes(username)) throw unknownUser(username, users);
    const password = await djangoHash(await askPassword(username));
    await setLogin(session.client, { username, password, is_superuser: options.superuser === true }).catch(
      (error: unknown) => {
        throw explainSqlError(error);
      },
    );
    if (options.json) printData(`${JSON.stringify({ username, superuser: options.superuser === true })}\n`);
    else printText(`${username} can log in${options.superuser ? ', as a superuser' : ''}\n`);
    return EXIT.done;
  });
}

/** @throws UserError (exit 2) for an empty password, or two that differ */
async function askPassword(username: string): Promise<string> {
  const [password = '', again = password] = process.stdin.isTTY
    ? await readSecrets([`Password of ${username}: `, 'The same again: '])
    : [await firstLine(process.stdin)];
  if (password === '') throw new UserError('the password is empty: nothing was changed', EXIT.usage);
  if (again !== password) {
    throw new UserError('the two passwords differ: nothing was changed', EXIT.usage);
  }
  return password;
}

/** The first line, without waiting for the end of what comes. */
async function firstLine(stream: NodeJS.ReadStream): Promise<string> {
  const lines = createInterface({ input: stream });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    stream.destroy();
  }
}

const ITERATIONS = 600_000;
const SALT_LENGTH = 22;
const SALT_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** As Django stores it: pbkdf2_sha256$<iterations>$<salt>$<hash>. */
async function djangoHash(password: string): Promise<string> {
  const salt = Array.from(
    { length: SALT_LENGTH },
    () => SALT_CHARACTERS[randomInt(SALT_CHARACTERS.length)],
  ).join('');
  const hash = await promisify(pbkdf2)(password, salt, ITERATIONS, 32, 'sha256');
  return `pbkdf2_sha256$${ITERATIONS}$${salt}$${hash.toString('base64')}`;
}
