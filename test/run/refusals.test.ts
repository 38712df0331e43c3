import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, mustRun, runCli } from '../support/cli.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase, scratchDirectory, tinyFarm } from '../support/generated.ts';
import { digestsOf, rowsOf } from '../support/run.ts';
import { unusedPort } from '../support/servers.ts';

/** An empty database: whatever is refused must leave it so. */
let empty: TestDatabase;
let finished: TestDatabase;
beforeAll(async () => {
  [empty, finished] = await Promise.all([createTestDatabase(), generatedDatabase()]);
}, GENERATION_TIMEOUT);
afterAll(() => Promise.all([empty.drop(), finished.drop()]));

/** The tiny farm's configuration with one file changed. */
function changedConfig(file: string, change: (text: string) => string): string {
  const directory = path.join(scratchDirectory(), 'config');
  cpSync(tinyFarm().config, directory, { recursive: true });
  const target = path.join(directory, file);
  const before = readFileSync(target, 'utf8');
  const after = change(before);
  expect(after, 'the change changes something').not.toBe(before);
  writeFileSync(target, after);
  return directory;
}

function changedSchedule(change: (text: string) => string): string {
  return path.join(changedConfig('tiny.yaml', change), 'tiny.yaml');
}

/** One clear line (and perhaps a second one with the way out), no stack, nothing on stdout. */
function expectClear({ stderr, stdout }: CliResult): void {
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).toMatch(/^error: \S/m);
  const lines = stderr.trimEnd().split('\n');
  const from = lines.findIndex((line) => line.startsWith('error: '));
  expect(lines.length - from, stderr).toBeLessThanOrEqual(2);
}

async function expectEmpty(): Promise<void> {
  expect(
    await rowsOf(
      empty.url,
      `select nspname as name from pg_namespace where nspname = 'aquaseed'
       union all select relname from pg_class where relnamespace = 'public'::regnamespace`,
    ),
  ).toEqual([]);
}

const generate = (file: string, config: string, ...more: string[]): Promise<CliResult> =>
  runCli(['generate', file, '--config', config, '--database-url', empty.url, ...more]);

describe.concurrent('generate refuses bad input with exit code 2 and writes nothing', () => {
  it.each<[what: string, message: RegExp, run: () => Promise<CliResult>]>([
    [
      'a value out of range',
      /biology\.yaml:\d+:\d+: growth\.heat_stress\.range: /,
      () =>
        generate(
          tinyFarm().file,
          changedConfig('biology.yaml', (it) => it.replace(/range: 8/, 'range: -8')),
        ),
    ],
    [
      'an unknown key',
      /climate\.yaml:\d+:\d+: .*colour/,
      () =>
        generate(
          tinyFarm().file,
          changedConfig('climate.yaml', (it) => it.replace(/^sea:$/m, 'colour: blue\nsea:')),
        ),
    ],
    [
      'a missing configuration file',
      /master-data\.yaml: /,
      () => {
        const config = changedConfig('master-data.yaml', (it) => `${it}\n`);
        rmSync(path.join(config, 'master-data.yaml'));
        return generate(tinyFarm().file, config);
      },
    ],
    ['a missing schedule', /nowhere\.yaml: /, () => generate('nowhere.yaml', tinyFarm().config)],
    [
      'a schedule with a syntax error, with line and column',
      /tiny\.yaml:11:\d+: /,
      () =>
        generate(
          changedSchedule((it) => it.replace('  seed: 42', '  seed: "42')),
          tinyFarm().config,
        ),
    ],
    [
      'a schedule with an unknown key',
      /tiny\.yaml:\d+:\d+: batches\.0\.?.*colour/,
      () =>
        generate(
          changedSchedule((it) => it.replace(/^( +)eggs: 600000$/m, '$1eggs: 600000\n$1colour: pink')),
          tinyFarm().config,
        ),
    ],
    [
      'a date that does not exist',
      /tiny\.yaml:\d+:\d+: batches\.0\.start_date: /,
      () =>
        generate(
          changedSchedule((it) => it.replace('start_date: 2023-06-12', 'start_date: 2023-02-30')),
          tinyFarm().config,
        ),
    ],
    [
      'a hall that is not there',
      /tiny\.yaml:\d+: FAR-2023-001: .*FI-FW-77-Hall-A/,
      () =>
        generate(
          changedSchedule((it) => it.replace('FI-FW-01-Hall-A', 'FI-FW-77-Hall-A')),
          tinyFarm().config,
        ),
    ],
    [
      'a negative number of eggs',
      /tiny\.yaml:\d+:\d+: batches\.0\.eggs: /,
      () =>
        generate(
          changedSchedule((it) => it.replace('eggs: 600000', 'eggs: -1')),
          tinyFarm().config,
        ),
    ],
    [
      'a huge number of eggs',
      /tiny\.yaml:\d+:\d+: batches\.0\.eggs: /,
      () =>
        generate(
          changedSchedule((it) => it.replace('eggs: 600000', 'eggs: 1e300')),
          tinyFarm().config,
        ),
    ],
    [
      'text for a number',
      /tiny\.yaml:\d+:\d+: batches\.0\.eggs: Expected number, received string/,
      () =>
        generate(
          changedSchedule((it) => it.replace('eggs: 600000', 'eggs: many')),
          tinyFarm().config,
        ),
    ],
    [
      'an alias bomb',
      /tiny\.yaml:\d+:\d+: Excessive alias count/,
      () =>
        generate(
          changedSchedule((it) => {
            const bomb = ['b', 'c', 'd', 'e', 'f', 'g'].map(
              (name, n) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[n]}`).join(', ')}]`,
            );
            return [it, 'a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]', ...bomb, ''].join('\n');
          }),
          tinyFarm().config,
        ),
    ],
    [
      'a date option that does not exist',
      /2025-02-30/,
      () => generate(tinyFarm().file, tinyFarm().config, '--as-of', '2025-02-30'),
    ],
    [
      '--replace on a server that is not embedded',
      /--replace/,
      () => generate(tinyFarm().file, tinyFarm().config, '--replace'),
    ],
    [
      '--resume with --replace',
      /--resume|--replace/,
      () => generate(tinyFarm().file, tinyFarm().config, '--resume', '--replace'),
    ],
    ['no worker', /--workers/, () => generate(tinyFarm().file, tinyFarm().config, '--workers', '0')],
  ])('%s', async (_, message, run) => {
    const result = await run();
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(2);
    expectClear(result);
    await expectEmpty();
  });
});

describe.concurrent('generate refuses a schedule with many mistakes, names the first and writes nothing', () => {
  it.each<[what: string, message: RegExp, change: (text: string) => string]>([
    [
      'a container twice in one batch',
      /tiny\.yaml:\d+: FAR-2023-001: container_repeated: egg_alevin lists a container twice/,
      (it) => it.replace('FI-FW-01-A-C02', 'FI-FW-01-A-C01'),
    ],
    [
      'a batch that crosses geographies',
      /tiny\.yaml:\d+: FAR-2023-001: (wrong_geography|wrong_station|batch_id): /,
      (it) => it.replace(/(batch_id: FAR-2023-001[\s\S]*?geography: )Faroe Islands/, '$1Scotland'),
    ],
    [
      'a name with quotes, semicolons and Unicode',
      /tiny\.yaml:\d+: O'Brien"; drop schema aquaseed; -- \u00c6 \ud83d\udc1f: /u,
      (it) =>
        it.replace(
          'batch_id: FAR-2023-001',
          `batch_id: O'Brien"; drop schema aquaseed; -- \u00c6 \ud83d\udc1f`,
        ),
    ],
    [
      '100,000 lines that mean nothing',
      /tiny\.yaml:\d+:\d+: .*unknown key[\s\S]*and \d+ more problems/,
      (it) => `${it}\n${Array.from({ length: 100_000 }, (_, n) => `k${n}: 1`).join('\n')}\n`,
    ],
  ])('%s', async (_, message, change) => {
    const result = await generate(changedSchedule(change), tinyFarm().config);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(/^error: \S/m);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.stderr.split('\n').length).toBeLessThan(40);
    await expectEmpty();
  });
});

describe('names with quotes, semicolons and Unicode', () => {
  it('are names like others', { timeout: GENERATION_TIMEOUT }, async () => {
    const name = `F\u00e6r\u00f8erne'; drop schema aquaseed cascade; \ud83d\udc1f`;
    const directory = path.join(scratchDirectory(), 'config');
    cpSync(tinyFarm().config, directory, { recursive: true });
    for (const file of readdirSync(directory).filter((it) => /^(?!checks).*\.yaml$/.test(it))) {
      const target = path.join(directory, file);
      writeFileSync(target, readFileSync(target, 'utf8').replaceAll('Faroe Islands', name));
    }
    const database = await createTestDatabase();
    try {
      await mustRun([
        ...['generate', path.join(directory, 'tiny.yaml'), '--config', directory, '--no-verify'],
        ...['--database-url', database.url, '--as-of', '2023-06-20'],
      ]);
      expect(
        await rowsOf(database.url, 'select name from infrastructure_geography where name = $1', [name]),
      ).toEqual([{ name }]);
    } finally {
      await database.drop();
    }
  });
});

describe.concurrent('the command line refuses with exit code 2', () => {
  it.each<[what: string, message: RegExp, args: string[]]>([
    ['an unknown command', /frobnicate/, ['frobnicate']],
    ['an unknown option', /--frobnicate/, ['status', '--frobnicate']],
    ['a missing argument', /schedule/, ['generate']],
    ['a URL that is none', /--database-url/, ['status', '--database-url', 'mysql://localhost/farm']],
    [
      'a geography that is not there',
      /Atlantis/,
      [
        'batch',
        '--start-date',
        '2025-01-01',
        '--eggs',
        '1000',
        '--geography',
        'Atlantis',
        '--duration',
        '10',
      ],
    ],
  ])('%s', async (_, message, args) => {
    const result = await runCli(args);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(2);
    expectClear(result);
  });
});

describe.concurrent('a database that cannot be used gives exit code 3', () => {
  const tiny = (url: string, ...more: string[]): Promise<CliResult> =>
    runCli(['generate', tinyFarm().file, '--config', tinyFarm().config, '--database-url', url, ...more]);

  it('when no server answers', async () => {
    const port = await unusedPort();
    const result = await tiny(`postgres://somebody:very-secret@127.0.0.1:${port}/farm`);
    expect(result.code).toBe(3);
    expect(result.stderr).toContain(`No PostgreSQL server answers at 127.0.0.1:${port}`);
    expect(result.stderr + result.stdout).not.toContain('very-secret');
    expectClear(result);
  });

  it('when the password is wrong, and never shows it', async () => {
    const url = new URL(empty.url);
    const right = url.password;
    url.password = 'very-secret';
    for (const more of [[], ['--log-format', 'json']]) {
      const result = await tiny(url.toString(), ...more);
      expect(result.code).toBe(3);
      expect(result.stderr).toMatch(/password of role "\w+" was not accepted/);
      expect(result.stderr + result.stdout).not.toContain('very-secret');
      expect(result.stderr + result.stdout).not.toContain(right);
      expectClear(result);
    }
  });

  it('when the database does not exist', async () => {
    const result = await tiny(empty.url, '--database', 'not_there');
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('"not_there" does not exist');
    expectClear(result);
  });

  it("when it is somebody else's, and leaves it unchanged", async () => {
    const foreign = await createTestDatabase();
    try {
      await rowsOf(foreign.url, 'create table invoice (id int); insert into invoice values (1)');
      const result = await tiny(foreign.url);
      expect(result.code).toBe(3);
      expect(result.stderr).toContain('is not empty and was not made by aquaseed');
      expectClear(result);
      expect(
        await rowsOf(
          foreign.url,
          `select (select count(*)::int from invoice) as invoices,
                  (select array_agg(nspname::text order by nspname) from pg_namespace
                   where nspname !~ '^pg_' and nspname <> 'information_schema') as schemas,
                  (select array_agg(relname::text) from pg_class where relnamespace = 'public'::regnamespace) as tables`,
        ),
      ).toEqual([{ invoices: 1, schemas: ['public'], tables: ['invoice'] }]);
    } finally {
      await foreign.drop();
    }
  });

  it('when status or checksum find nothing that was generated', async () => {
    for (const command of ['status', 'checksum']) {
      const result = await runCli([command, '--database-url', empty.url]);
      expect(result.code).toBe(3);
      expect(result.stderr).toContain('Nothing was generated yet');
      expectClear(result);
    }
    await expectEmpty();
  });

  it.sequential('when it holds a run already, and leaves that alone', async () => {
    const before = await digestsOf(finished.url);
    const result = await tiny(finished.url);
    expect(result.code).toBe(3);
    expect(result.stderr).toMatch(/already holds run 1 \(.*tiny\.yaml, done\): nothing was written/);
    expectClear(result);
    expect(await digestsOf(finished.url)).toEqual(before);
  });
});

// One after the other: each takes the lock of the same database.
describe.sequential('a run is resumed only with what it was begun with (exit code 2)', () => {
  it.each<[what: string, args: () => string[]]>([
    [
      'another schedule',
      () => [
        changedSchedule((it) => it.replace('eggs: 600000', 'eggs: 600001')),
        '--config',
        tinyFarm().config,
      ],
    ],
    [
      'another configuration',
      () => [
        tinyFarm().file,
        '--config',
        changedConfig('climate.yaml', (it) => it.replace('entry_lag_minutes: 5', 'entry_lag_minutes: 6')),
      ],
    ],
    ['another day', () => [tinyFarm().file, '--config', tinyFarm().config, '--as-of', '2025-12-04']],
  ])('not with %s', async (_, args) => {
    const before = await digestsOf(finished.url);
    const result = await runCli(['generate', ...args(), '--database-url', finished.url, '--resume']);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('was begun with another schedule, configuration or as_of');
    expectClear(result);
    expect(await digestsOf(finished.url)).toEqual(before);
  });
});
