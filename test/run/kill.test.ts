import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import seedrandom from 'seedrandom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedServer, removeEmbedded } from '../../src/driver/database/embedded/server.ts';
import { STAGES } from '../../src/driver/stages/work.ts';
import { type RunningCli, runCli, startCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  GENERATION_TIMEOUT,
  generateArguments,
  generatedDatabase,
  scratchDirectory,
  tinyFarm,
} from '../support/generated.ts';
import {
  Barrier,
  type Digests,
  digestsOf,
  migratedDatabase,
  miscountedTables,
  prepare,
  rowsOf,
  unitsNotDoneOnce,
} from '../support/run.ts';

/** Repeat a failure with the seed that the test's name shows: KILL_SEED=123 npx vitest run test/run/kill.test.ts */
const SEED = process.env.KILL_SEED ?? String(randomInt(1e6));
/** Kills at random moments, besides one in every stage. */
const KILLS = 20;
/** Longest time that a driver is left to work before it is killed. */
const MOST_DELAY_MS = 1500;
/** What becomes of the server session that a killed driver leaves behind in the middle of a unit. */
const FATES = ['finishes before the resume', 'finishes during the resume', 'is ended'] as const;

let undisturbed: Digests;
let units: Record<string, string[]>;

beforeAll(async () => {
  const database = await generatedDatabase();
  undisturbed = await digestsOf(database.url);
  const rows = await rowsOf<{ stage: string; unit: string }>(
    database.url,
    'select distinct stage, unit from aquaseed.run_step order by stage, unit',
  );
  units = { load: ['run'] };
  for (const { stage, unit } of rows) {
    units[stage] ??= [];
    units[stage].push(unit);
  }
  await database.drop();
}, GENERATION_TIMEOUT);

async function expectAsUndisturbed(url: string): Promise<void> {
  expect(await unitsNotDoneOnce(url)).toEqual([]);
  expect(await miscountedTables(url)).toEqual([]);
  expect(await digestsOf(url)).toEqual(undisturbed);
}

function picker(seed: string): <T>(list: readonly T[]) => T {
  const random = seedrandom(seed);
  return (list) => {
    const item = list[Math.floor(random() * list.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
}

describe('a driver that is killed', () => {
  it(
    `in every stage in turn, and resumed each time, leaves what an undisturbed run does (seed ${SEED})`,
    async () => {
      const pick = picker(SEED);
      const database = await migratedDatabase();
      const barrier = await Barrier.open(database.url);
      const running: RunningCli[] = [];
      const generate = (): RunningCli => {
        const command = startCli([...generateArguments(database.url, { workers: 2 }), '--resume']);
        running.push(command);
        return command;
      };
      try {
        let command = generate();
        const story: string[] = [];
        let left: number | undefined;
        for (const stage of ['load', ...STAGES]) {
          const unit = pick(units[stage] ?? []);
          const fate = pick(FATES);
          story.push(`${stage} ${unit}, whose session ${fate}`);
          const key = await barrier.close(stage, unit);
          // The session that the driver before left behind ends its unit while this one is at work.
          if (left !== undefined) {
            await command.lineOnStderr((line) => /^(Resuming|Generating)/.test(line));
            await barrier.lift(left);
            left = undefined;
          }
          await barrier.reached(key, command);
          command.kill('SIGKILL');
          expect((await command.result).signal, story.join('; ')).toBe('SIGKILL');
          await barrier.runLockIsFree();
          if (fate === 'is ended') await barrier.endSession(key);
          else if (fate === 'finishes before the resume') await barrier.lift(key);
          else left = key;
          command = generate();
        }
        if (left !== undefined) {
          await command.lineOnStderr((line) => line.startsWith('Resuming'));
          await barrier.lift(left);
        }
        const { code, stderr } = await command.result;
        expect(code, `${story.join('; ')}\n${stderr}`).toBe(0);
        await expectAsUndisturbed(database.url);
      } finally {
        for (const command of running) command.kill('SIGKILL');
        await barrier.end();
        await database.drop();
      }
    },
    GENERATION_TIMEOUT,
  );
});

describe('a driver that is killed again and again', () => {
  it(
    `at ${KILLS} random moments, and resumed each time, leaves what an undisturbed run does (seed ${SEED})`,
    async () => {
      const random = seedrandom(`${SEED} moments`);
      let database = await migratedDatabase();
      let command: RunningCli | undefined;
      let killed = 0;
      let finished = 0;
      try {
        while (killed < KILLS || finished === 0) {
          command = startCli([...generateArguments(database.url, { workers: 2 }), '--resume']);
          // From here on it has its lock and works. Units of this farm take some ten milliseconds.
          await command.lineOnStderr((line) => /^(Resuming|Generating)/.test(line));
          const hasEnded = await Promise.race([
            command.result.then(() => true),
            killed < KILLS
              ? new Promise<false>((resolve) => setTimeout(() => resolve(false), random() * MOST_DELAY_MS))
              : command.result.then(() => true),
          ]);
          if (!hasEnded) {
            command.kill('SIGKILL');
            if ((await command.result).signal === 'SIGKILL') {
              killed += 1;
              const barrier = await Barrier.open(database.url);
              await barrier.runLockIsFree();
              await barrier.end();
              continue;
            }
          }
          const { code, stderr } = await command.result;
          expect(code, stderr).toBe(0);
          await expectAsUndisturbed(database.url);
          finished += 1;
          if (killed < KILLS) {
            await database.drop();
            database = await migratedDatabase();
          }
        }
        expect(killed).toBe(KILLS);
      } finally {
        command?.kill('SIGKILL');
        await database.drop();
      }
    },
    GENERATION_TIMEOUT,
  );
});

describe('Ctrl-C', () => {
  let database: TestDatabase;
  let barrier: Barrier;

  beforeAll(async () => {
    database = await migratedDatabase();
    barrier = await Barrier.open(database.url);
  });
  afterAll(async () => {
    await barrier.end();
    await database.drop();
  });

  const stateOf = async (stage: string, unit: string): Promise<unknown> =>
    (
      await rowsOf<{ state: string }>(
        database.url,
        'select state from aquaseed.run_step where stage = $1 and unit = $2',
        [stage, unit],
      )
    )[0]?.state;

  it('finishes the running units, ends with 130 and says how to resume', async () => {
    const unit = 'FAR-2023-001';
    const key = await barrier.close('emit', unit);
    const command = startCli(generateArguments(database.url, { workers: 2 }));
    await barrier.reached(key, command);
    command.kill('SIGINT');
    await command.lineOnStderr((line) => line.startsWith('Stopping'));
    await barrier.lift(key);
    const { code, stderr } = await command.result;
    expect(code).toBe(130);
    const { file, config } = tinyFarm();
    expect(stderr).toContain(
      `Interrupted in stage emit; continue with: npx tsx src/driver generate ${file} --resume --config ${config} --database-url <the same URL>\n`,
    );
    expect(await stateOf('emit', unit)).toBe('done');
    expect(await stateOf('seal', 'sequences')).toBe('pending');
  });

  it('a second time rolls the running units back', async () => {
    const key = await barrier.close('seal', 'sequences');
    const command = startCli([...generateArguments(database.url, { workers: 2 }), '--resume']);
    await barrier.reached(key, command);
    command.kill('SIGINT');
    await command.lineOnStderr((line) => line.startsWith('Stopping'));
    command.kill('SIGINT');
    const { code, stderr } = await command.result;
    await barrier.lift(key);
    expect(code).toBe(130);
    expect(stderr).toContain('--resume');
    expect(await stateOf('seal', 'sequences')).toBe('pending');
  });

  it('loses nothing: the resumed run is as an undisturbed one', async () => {
    const { code } = await runCli([...generateArguments(database.url, { workers: 2 }), '--resume']);
    expect(code).toBe(0);
    await expectAsUndisturbed(database.url);
  });
});

describe('a server that is killed while emitting', () => {
  it('is resumed after its restart as if nothing had happened', { timeout: GENERATION_TIMEOUT }, async () => {
    // A server of its own with the settings of the embedded one.
    const home = path.join(scratchDirectory(), 'server');
    let server = await EmbeddedServer.open({ home, persistent: true });
    try {
      await server.ensureDatabase('farm');
      await prepare(server.url('farm'));
      const barrier = await Barrier.open(server.url('farm'));
      const key = await barrier.close('emit', 'SCO-2023-001');
      const command = startCli([...generateArguments(server.url('farm'), { workers: 2 }), '--retries', '1']);
      await barrier.reached(key, command);

      await stopImmediately(server);
      const { code, stderr } = await command.result;
      await barrier.end();
      expect(code).toBe(3);
      expect(stderr).toMatch(/Lost the connection to \S+\nWhen the server is back, .* --resume/);

      await server.release();
      server = await EmbeddedServer.open({ home, persistent: true });
      const [unit] = await rowsOf(
        server.url('farm'),
        `select state from aquaseed.run_step where stage = 'emit' and unit = 'SCO-2023-001'`,
      );
      expect(unit).toEqual({ state: 'pending' });
      await rowsOf(server.url('farm'), 'delete from barrier.point');
      const resumed = await runCli([...generateArguments(server.url('farm'), { workers: 2 }), '--resume']);
      expect(resumed.code, resumed.stderr).toBe(0);
      await expectAsUndisturbed(server.url('farm'));
    } finally {
      await server.release();
      await removeEmbedded({ home });
    }
  });
});

/** What `pg_ctl stop -m immediate` does. */
async function stopImmediately({ dataDirectory }: EmbeddedServer): Promise<void> {
  const pid = Number(readFileSync(path.join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGQUIT');
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
