import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { EmbeddedServer } from '../../src/driver/database/embedded/server.ts';
import { type CliResult, mustRun, program, runCli } from '../support/cli.ts';
import { createOwnedDatabase, type OwnedDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, scratchDirectory, youngFarm } from '../support/generated.ts';
import { migratedDatabase, rowsOf } from '../support/run.ts';

/** `login`: the password is known to who types it, and its hash to the database. */

const PASSWORD = 'Sjúrðar kvæði, 7 laks! $1';
const AS_OF = '2023-06-14';

interface User extends Record<string, unknown> {
  password: string;
  is_active: boolean;
  is_staff: boolean;
  is_superuser: boolean;
}

const userOf = async (url: string, username: string): Promise<User | undefined> =>
  (
    await rowsOf<User>(
      url,
      'select password, is_active, is_staff, is_superuser from auth_user where username = $1',
      [username],
    )
  )[0];
const login = (url: string, username: string, stdin: string, ...more: string[]): Promise<CliResult> =>
  runCli(['login', username, '--database-url', url, ...more], { stdin });
const strangersOf = (url: string): Promise<unknown[]> =>
  rowsOf(url, 'select table_name, strangers::int from aquaseed.list_strangers()');

/** PBKDF2 as RFC 8018 has it, for one block of SHA-256. */
function pbkdf2(password: string, salt: string, iterations: number): Buffer {
  const keyed = (data: Buffer): Buffer => createHmac('sha256', password).update(data).digest();
  let block = keyed(Buffer.concat([Buffer.from(salt), Buffer.from([0, 0, 0, 1])]));
  const sum = Buffer.from(block);
  for (let round = 1; round < iterations; round++) {
    block = keyed(block);
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) ^ (block[at] ?? 0);
  }
  return sum;
}

function isPasswordOf(password: string, stored: string): boolean {
  const [kind, iterations, salt = '', hash] = stored.split('$');
  expect({ kind, iterations, length: salt.length }).toEqual({
    kind: 'pbkdf2_sha256',
    iterations: '600000',
    length: 22,
  });
  expect(salt).toMatch(/^[A-Za-z0-9]{22}$/);
  return pbkdf2(password, salt, Number(iterations)).toString('base64') === hash;
}

describe('login', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await migratedDatabase();
  }, GENERATION_TIMEOUT);
  afterAll(() => database.drop());

  it("stores Django's hash of the password, where there was none", { timeout: 120_000 }, async () => {
    const before = await userOf(database.url, 'manager_01');
    expect(before?.password).toBe('!unusable');
    const { code, stdout, stderr } = await login(database.url, 'manager_01', `${PASSWORD}\r\nmore\n`);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('manager_01 can log in\n');
    const user = await userOf(database.url, 'manager_01');
    expect(isPasswordOf(PASSWORD, user?.password ?? '')).toBe(true);
    expect(user).toMatchObject({ is_active: true, is_staff: true, is_superuser: false });
    expect(await strangersOf(database.url)).toEqual([]);
  });

  it('agrees with the hashlib of Python', async (context) => {
    const check = `import base64, hashlib, sys
kind, rounds, salt, stored = sys.argv[2].split('$')
made = hashlib.pbkdf2_hmac('sha256', sys.argv[1].encode(), salt.encode(), int(rounds))
print(base64.b64encode(made).decode() == stored)`;
    if (spawnSync('python3', ['-c', 'import hashlib']).status !== 0)
      return context.skip('there is no python3');
    await login(database.url, 'vet_01', 'ø\n');
    const stored = (await userOf(database.url, 'vet_01'))?.password ?? '';
    expect(spawnSync('python3', ['-c', check, 'ø', stored], { encoding: 'utf8' }).stdout).toBe('True\n');
    const [first, second] = [stored, (await userOf(database.url, 'manager_01'))?.password];
    expect(first.split('$')[2]).not.toBe(second?.split('$')[2]);
  });

  it('makes a superuser when told to, and opens a closed account', async () => {
    await rowsOf(database.url, `update auth_user set is_active = false where username = 'operator_01'`);
    await mustRun(['login', 'operator_01', '--superuser', '--json', '--database-url', database.url], {
      stdin: 'x\n',
    }).then(({ json }) => expect(json()).toEqual({ username: 'operator_01', superuser: true }));
    expect(await userOf(database.url, 'operator_01')).toMatchObject({
      is_active: true,
      is_staff: true,
      is_superuser: true,
    });
  });

  it.each([
    ['an empty password', 'manager_01', '\n', /^error: the password is empty: nothing was changed$/m],
    ['no password', 'manager_01', '', /^error: the password is empty: nothing was changed$/m],
    [
      'a user that there is not',
      'nobody',
      'x\n',
      /^error: there is no user "nobody": nothing was changed\nUsers: system_admin, operator_01, vet_01, manager_01, admin, jakup\.joensen, .*$/m,
    ],
  ])('refuses %s', async (_, username, stdin, message) => {
    const before = await rowsOf(database.url, 'select * from auth_user order by id');
    const { code, stdout, stderr } = await login(database.url, username, stdin);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(await rowsOf(database.url, 'select * from auth_user order by id')).toEqual(before);
  });
});

describe('the password', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await migratedDatabase();
  }, GENERATION_TIMEOUT);
  afterAll(() => database.drop());

  it('is in no output, no process list, no statement and no log of the server', async (context) => {
    if (process.platform !== 'linux') return context.skip('there is no /proc');
    const log = path.join(inject('testHome'), 'postgres.log');
    const name = `"${database.name}"`;
    await rowsOf(database.url, `alter database ${name} set log_statement = 'all'`);
    await rowsOf(database.url, `alter database ${name} set log_min_duration_statement = 0`);
    const [node, script] = program();
    const child = spawn(node, [script, 'login', 'admin', '--database-url', database.url], {
      stdio: 'pipe',
      env: { ...process.env, NO_COLOR: '1' },
    });
    const output = outputOf(child);
    // It waits for its line, and does not for the end of what comes.
    child.stdin?.write(`${PASSWORD}\n`);
    const seen: string[] = [];
    const watch = setInterval(() => {
      for (const file of ['cmdline', 'environ']) {
        try {
          seen.push(readFileSync(`/proc/${child.pid}/${file}`, 'utf8'));
        } catch {
          // It has ended.
        }
      }
    }, 20);
    const statements = setInterval(() => {
      rowsOf<{ query: string }>(database.url, 'select query from pg_stat_activity').then(
        (rows) => seen.push(...rows.map((it) => it.query)),
        () => undefined,
      );
    }, 100);
    const { code, text } = await output;
    clearInterval(watch);
    clearInterval(statements);
    expect(code, text).toBe(0);
    seen.push(text);
    if (existsSync(log)) seen.push(readFileSync(log, 'utf8'));
    expect(seen.length).toBeGreaterThan(3);
    expect(
      seen.some((it) => it.includes('set_login')),
      'the statement is in the log',
    ).toBe(true);
    for (const it of seen) expect(it).not.toContain(PASSWORD);
    const [row] = await rowsOf<{ found: boolean }>(
      database.url,
      `select exists (select from aquaseed.run_step s where s::text like '%' || $1 || '%') as found`,
      [PASSWORD],
    );
    expect(row?.found).toBe(false);
  });

  it('is asked for twice at a terminal, without echo', { timeout: 120_000 }, async (context) => {
    if (spawnSync('python3', ['-c', 'import pty']).status !== 0) return context.skip('there is no python3');
    const typed = (...lines: string[]): Promise<{ code: number | null; text: string }> => {
      const [node, script] = program();
      const command = [node, script, 'login', 'vet_01', '--database-url', database.url];
      return outputOf(spawn('python3', ['-c', AT_A_TERMINAL, JSON.stringify(lines), ...command]));
    };
    const differing = await typed('one', 'two');
    expect(differing.code).toBe(2);
    expect(differing.text).toContain('the two passwords differ: nothing was changed');
    expect((await userOf(database.url, 'vet_01'))?.password).toBe('!unusable');

    const same = await typed('onx\u007fe two', 'one two');
    expect(same.code, same.text).toBe(0);
    expect(same.text).toMatch(/Password of vet_01: \r?\nThe same again: \r?\n/);
    expect(same.text).not.toContain('one two');
    const user = await userOf(database.url, 'vet_01');
    expect(isPasswordOf('one two', user?.password ?? '')).toBe(true);

    const given = await typed('\u0003');
    expect(given.code).toBe(130);
  });
});

/** Types a line at each prompt of a program at a terminal of its own, and hands on what it shows. */
const AT_A_TERMINAL = `import json, os, pty, sys
lines = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown = ''
while True:
    try:
        part = os.read(terminal, 1024).decode(errors='replace')
    except OSError:
        break
    if not part:
        break
    shown += part
    sys.stdout.write(part)
    if shown.endswith(': ') and lines:
        shown = ''
        os.write(terminal, (lines.pop(0) + '\\r').encode())
_, status = os.waitpid(pid, 0)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status))`;

async function outputOf(child: ChildProcess): Promise<{ code: number | null; text: string }> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  return await new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
}

describe('a role that may only generate', () => {
  let database: OwnedDatabase;
  afterAll(() => database?.drop());

  it('is refused', { timeout: GENERATION_TIMEOUT }, async () => {
    database = await createOwnedDatabase();
    await mustRun([
      'migrate',
      '--database-url',
      database.urlAs(database.owner),
      '--config',
      youngFarm().config,
    ]);
    await rowsOf(database.urlAs(database.owner), 'select aquaseed.grant_run($1)', [database.runner]);
    const { code, stderr } = await login(database.urlAs(database.runner), 'admin', 'x\n');
    expect(code).toBe(3);
    expect(stderr).toContain('Only the owner of schema aquaseed may set a password: nothing was changed');
    await expect(
      rowsOf(database.urlAs(database.runner), `select aquaseed.set_login('admin', 'x')`),
    ).rejects.toThrow(/permission denied/);
  });
});

describe.sequential('after a login', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await generatedDatabase({
      schedule: youngFarm().file,
      config: youngFarm().config,
      asOf: AS_OF,
    });
    await mustRun(['login', 'manager_01', '--superuser', '--database-url', database.url], { stdin: 'x\n' });
  }, GENERATION_TIMEOUT);
  afterAll(() => database.drop());

  it('the user is still ours, also when the application notes it and stores the password anew', async () => {
    expect(await strangersOf(database.url)).toEqual([]);
    await rowsOf(
      database.url,
      `update auth_user set last_login = '2026-01-01', password = 'pbkdf2_sha256$1000000$a$b' where username = 'manager_01'`,
    );
    expect(await strangersOf(database.url)).toEqual([]);
  });

  it('a user whom somebody changes otherwise is of others, as before', async () => {
    const rename = (name: string): Promise<unknown> =>
      rowsOf(database.url, `update auth_user set first_name = '${name}' where username = 'manager_01'`);
    await rename('Maria');
    expect(await strangersOf(database.url)).toEqual([{ table_name: 'auth_user', strangers: 1 }]);
    await rename('Marjun');
    expect(await strangersOf(database.url)).toEqual([]);
  });

  it('refresh builds anew, and the users log in as they did', { timeout: GENERATION_TIMEOUT }, async () => {
    const before = await userOf(database.url, 'manager_01');
    // A tiny farm of some weeks does not pass all checks.
    const config = path.join(scratchDirectory(), 'config');
    cpSync(youngFarm().config, config, { recursive: true });
    const conflicts = { id: '61', group: 'conflicts', name: 'Conflicts', low: 0, high: 0 };
    writeFileSync(path.join(config, 'checks.yaml'), stringify({ schema_version: 1, checks: [conflicts] }));
    await mustRun([
      ...['refresh', youngFarm().file, '--config', config, '--as-of', AS_OF, '--keep-previous', '0'],
      ...['--database-url', database.url],
    ]);
    expect(await userOf(database.url, 'manager_01')).toEqual(before);
    expect(await strangersOf(database.url)).toEqual([]);
  });

  it('wipe and generate work as ever, and the login stays', { timeout: GENERATION_TIMEOUT }, async () => {
    const before = await userOf(database.url, 'manager_01');
    await mustRun(['wipe', '--confirm', 'DELETE', '--database-url', database.url]);
    expect(await userOf(database.url, 'manager_01')).toEqual(before);
    const { config, file } = youngFarm();
    await mustRun([
      ...['generate', file, '--config', config, '--as-of', AS_OF, '--no-verify'],
      ...['--database-url', database.url],
    ]);
    expect(await strangersOf(database.url)).toEqual([]);
    expect(await rowsOf(database.url, 'select owner from aquaseed.run')).toEqual([{ owner: 'manager_01' }]);
  });

  it('--replace replaces', { timeout: GENERATION_TIMEOUT }, async () => {
    const embedded = await EmbeddedServer.open({ home: inject('testHome'), persistent: true });
    const env = { AQUASEED_HOME: inject('testHome') };
    const { config, file } = youngFarm();
    const name = `login_${process.pid}`;
    const args = ['generate', file, '--config', config, '--as-of', AS_OF, '--no-verify', '--database', name];
    try {
      await mustRun(args, { env });
      await mustRun(['login', 'admin', '--database', name], { env, stdin: 'x\n' });
      await mustRun([...args, '--replace'], { env });
      expect((await userOf(embedded.url(name), 'admin'))?.password).toBe('!unusable');
    } finally {
      await embedded.dropDatabase(name);
      await embedded.release();
    }
  });
});
