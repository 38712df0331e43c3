import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CONFIG_DIR } from '../../src/config/index.ts';
import { createProgram } from '../../src/driver/cli.ts';
import { UserError } from '../../src/errors.ts';
import { PRESETS } from '../../src/planner/index.ts';
import { captureOutput } from '../support/capture.ts';
import { mustRun, runCli } from '../support/cli.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'aquaseed-plan-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** Runs a command in this process, in the scratch directory: a process of its own takes seconds to start. */
async function inProcess(args: readonly string[]): Promise<{ code: number; stdout: string; error: string }> {
  const home = process.cwd();
  const output = captureOutput('stdout');
  let code = 0;
  let error = '';
  try {
    process.chdir(dir);
    await createProgram((result) => {
      code = result;
    }).parseAsync(['node', 'aquaseed', ...args]);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    code = thrown.exitCode;
    error = thrown.message;
  } finally {
    process.chdir(home);
    output.end();
  }
  return { code, stdout: output.stdout, error };
}

const planCli = (args: string) => inProcess(['plan', ...args.split(' ')]);
const lastLine = (text: string): unknown => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');

/** The command at the top of a schedule, as arguments. */
function commandIn(file: string): string[] {
  const line = /^# aquaseed (plan .*)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (line === undefined) throw new Error(`${file} names no command`);
  return line.split(' ');
}

describe('a schedule', () => {
  it.each(Object.keys(PRESETS))(
    '%s comes again, byte for byte, from the command at its top',
    async (name) => {
      const committed = path.join(CONFIG_DIR, 'schedules', `${name}.yaml`);
      expect(await inProcess(commandIn(committed))).toMatchObject({ code: 0 });
      const made = readFileSync(path.join(dir, 'config', 'schedules', `${name}.yaml`));
      expect(made.equals(readFileSync(committed))).toBe(true);
    },
  );

  it('that was solved does too, in any time zone and locale', async () => {
    const file = path.join(dir, 'solved.yaml');
    await mustRun(
      'plan --years 2 --saturation 0.3 --as-of 2025-12-03 --reserve predicted --out solved.yaml'.split(' '),
      { cwd: dir, env: { TZ: 'Pacific/Kiritimati', LANG: 'da_DK.UTF-8', LC_ALL: 'da_DK.UTF-8' } },
    );
    const first = readFileSync(file);
    rmSync(file);
    const env = { TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
    await mustRun(commandIn2(first.toString()), { cwd: dir, env });
    expect(readFileSync(file).equals(first)).toBe(true);
  });

  it('that was extended keeps the bytes of its batches', async () => {
    const demo = path.join(CONFIG_DIR, 'schedules', 'demo.yaml');
    cpSync(demo, path.join(dir, 'demo.yaml'));
    await planCli('--extend demo.yaml --as-of 2026-09-01 --out later.yaml');
    const before = readFileSync(demo, 'utf8');
    const after = readFileSync(path.join(dir, 'later.yaml'), 'utf8');
    const batches = before.slice(before.indexOf('\nbatches:\n'));
    expect(after.slice(after.indexOf('\nbatches:\n')).startsWith(batches)).toBe(true);
    expect(after.length).toBeGreaterThan(before.length + 3000);
    expect((await inProcess(['validate', 'later.yaml'])).stdout).toContain('16 batches, no conflicts');
  });
});

function commandIn2(text: string): string[] {
  const file = path.join(dir, 'command.txt');
  writeFileSync(file, text);
  return commandIn(file);
}

describe('plan', () => {
  it('--dry-run shows use over time, rows, bytes and minutes, and writes nothing', async () => {
    const { stdout } = await planCli('--preset saturated --dry-run --out none.yaml');
    expect(stdout).toMatch(/Scotland, sea rings +\|.*[▁▂▃▄▅▆▇█]{20}.*\| +73 %/);
    expect(stdout).toContain('binding constraint: saturation, Scotland, sea rings: 290 of 400 (72.5 %)');
    expect(stdout).toMatch(
      /about [\d,]+ rows, [\d.]+ GB, [\d.]+ minutes at 150,000 rows\/s \(default rate\)/,
    );
    expect(() => readFileSync(path.join(dir, 'none.yaml'))).toThrow();
  });

  it('--json has the totals, and with --dry-run the use of every day', async () => {
    const result = lastLine(
      (await planCli('--batches 2 --stagger 30 --as-of 2025-12-03 --dry-run --json')).stdout,
    ) as {
      batches: number;
      conflicts: number;
      predicted_rows: Record<string, number>;
      estimate: Record<string, unknown>;
      timeline: { first_day: string; resources: { resource: string; capacity: number; used: number[] }[] };
      utilisation: { resource: string; peak: number }[];
    };
    expect(result).toMatchObject({ batches: 4, conflicts: 0, estimate: { rate: 'default' } });
    expect(result.predicted_rows.batch_batch).toBe(4);
    const rings = result.timeline.resources.find((it) => it.resource === 'sea rings');
    expect(rings?.used).toHaveLength(989);
    expect(Math.max(...(rings?.used ?? []))).toBe(
      result.utilisation.find((it) => it.resource === 'sea rings')?.peak,
    );
  });

  it('--json is an object on stdout for a refusal too', async () => {
    const args = '--batches 292 --stagger 3 --as-of 2025-12-03 --json';
    const result = await runCli(['plan', ...args.split(' ')]);
    expect(result.code).toBe(2);
    const json = result.json() as { refused: string; shortages: unknown[]; alternatives: { text: string }[] };
    expect(json.refused).toContain('cannot plan 292 batches per geography');
    expect(json.shortages).toHaveLength(12);
    expect(json.alternatives.length).toBeGreaterThanOrEqual(2);
    expect(result.stderr).toContain('feasible instead: 12 days between starts in one geography');
  });

  it('--profile keeps room for transfers where disasters are on, and names the profiles', async () => {
    await planCli(
      '--batches 2 --stagger 40 --as-of 2025-12-03 --name trial --profile industry,uat --out uat.yaml',
    );
    const text = readFileSync(path.join(dir, 'uat.yaml'), 'utf8');
    expect(text).toMatch(/profile: trial\n {2}profiles: \[industry, uat\]/);
    expect(text).toMatch(/move_days: 5\n {2}sea_move_days: 25/);
    expect(text).toContain('post_smolt: { hall: FI-FW-01-Hall-E');
    const again = commandIn(path.join(dir, 'uat.yaml'));
    expect(again.join(' ')).toContain('--name trial --profile industry,uat');
    rmSync(path.join(dir, 'uat.yaml'));
    expect(await inProcess(again)).toMatchObject({ code: 0 });
    expect(readFileSync(path.join(dir, 'uat.yaml'), 'utf8')).toBe(text);
    expect((await inProcess(['validate', 'uat.yaml'])).stdout).toContain('4 batches, no conflicts');
    const other = await inProcess(['validate', 'uat.yaml', '--profile', 'nosuch']);
    expect(other).toMatchObject({ code: 2 });
    expect(other.error).toContain('there is no profile "nosuch"');
  });

  it('--from takes the profiles of the file, and --profile others', async () => {
    await planCli('--batches 3 --stagger 60 --as-of 2025-12-03 --profile high-frequency --out meals.yaml');
    const meals = async (more: string[]) => {
      const args = ['plan', '--from', 'meals.yaml', '--dry-run', '--json', ...more];
      const { stdout } = await inProcess(args);
      return (lastLine(stdout) as { predicted_rows: Record<string, number> }).predicted_rows
        .inventory_feedingevent;
    };
    expect(await meals([])).toBeGreaterThan(2 * ((await meals(['--profile', 'guide'])) ?? 0));
  });

  it.each([
    ['--preset demo --batches 3', '--preset and --batches do not go together'],
    ['--preset demo --extend x.yaml', '--preset and --extend do not go together'],
    ['--extend x.yaml --seed 4', '--extend and --seed do not go together'],
    ['--from x.yaml --as-of 2025-01-01', '--from and --as-of do not go together'],
    ['--ladder --years 3', 'a ladder has its own ages: leave out years'],
    ['--batches 3 --stagger 9 --saturation 0.5', 'any two fix the third'],
    ['--batches 3 --stagger 9 --database-url postgres://x/y', '--database-url is for --dry-run'],
    ['--preset nosuch', 'there is no preset "nosuch"'],
    ['--batches 3 --stagger 9 --profile nosuch', 'there is no profile "nosuch"'],
    ['--extend x.yaml --profile uat', '--extend and --profile do not go together'],
  ])('refuses %s in one clear line', async (args, message) => {
    const { code, error, stdout } = await planCli(args);
    expect(code).toBe(2);
    expect(error).toContain(message);
    expect(error).not.toContain('\n');
    expect(stdout).toBe('');
  });
});
