import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * npm run calibrate -- --farms 60 --batches 12 --profiles standard,industry,uat
 * Generates farms that differ in seed and end of history, verifies them, and prints how many metrics were judged and
 * failed, and every failure: do the checks hold for any farm? A command, never a test: it takes a minute a farm.
 *   --seeds 7,99   these seeds instead of 1 to --farms; the profiles take turns
 *   --keep         keep the databases (0.6 GB each at 12 batches) and only verify those that are there
 *   --workers 2    of generate and verify
 * Up to 20 batches the farms have the shape of the demo, above that of medium.
 */

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const { values } = parseArgs({
  options: {
    farms: { type: 'string', default: '60' },
    seeds: { type: 'string' },
    batches: { type: 'string', default: '12' },
    profiles: { type: 'string', default: 'standard,industry,uat' },
    workers: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
  },
});

interface Metric {
  id: string;
  measured: number | null;
  standard_error: number | null;
  units: number | null;
  judged_low: number | null;
  judged_high: number | null;
  pass: boolean | null;
}
interface Farm {
  profile: string;
  seed: number;
  checks: Metric[];
}

function aquaseed(...words: string[]): { code: number | null; out: string; err: string } {
  const tsx = path.join(ROOT, 'node_modules/tsx/dist/cli.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, 'src/driver', ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { code: status, out: stdout, err: stderr };
}

function required(...words: string[]): void {
  const { code, err } = aquaseed(...words);
  if (code !== 0) throw new Error(`${words.join(' ')}: exit ${code}\n${err}`);
}

/** The last day before which rows exist: another season for every seed. */
function asOf(seed: number, batches: number): string {
  if (batches > 20) return '2025-12-03';
  return new Date(Date.UTC(2020, 0, 1 + 37 * (seed % 60))).toISOString().slice(0, 10);
}

function verifyFarm(profile: string, seed: number, batches: number, scratch: string): Farm {
  const database = `calib_${values.keep ? `${profile}_${batches}_${seed}` : 'farm'}`.replaceAll('-', '_');
  const there = values.keep && aquaseed('migrate', '--database', database).code === 0;
  const verify = () => aquaseed('verify', '--database', database, '--json', '--workers', values.workers);
  let { code, out, err } = there ? verify() : { code: null, out: '', err: '' };
  if (code !== 0 && code !== 1) {
    const schedule = path.join(scratch, `${database}.yaml`);
    const stagger = batches > 20 ? 30 : 83;
    required(
      ...`plan --batches ${batches / 2} --stagger ${stagger} --seed ${seed} --as-of ${asOf(seed, batches)}`.split(
        ' ',
      ),
      ...['--profile', profile, '--out', schedule],
    );
    required(
      ...[
        'generate',
        schedule,
        '--no-verify',
        '--replace',
        '--database',
        database,
        '--workers',
        values.workers,
      ],
    );
    ({ code, out, err } = verify());
  }
  if (code !== 0 && code !== 1) throw new Error(`verify of ${database}: exit ${code}\n${err}`);
  return { profile, seed, checks: JSON.parse(out).checks };
}

const judged = (farms: readonly Farm[]) =>
  farms.flatMap(({ profile, seed, checks }) =>
    checks.filter((it) => it.pass !== null).map((it) => ({ ...it, profile, seed })),
  );
const shown = (value: number | null) => (value === null ? '' : String(Number(value.toPrecision(4))));

const batches = Number(values.batches);
const profiles = values.profiles.split(',');
const seeds =
  values.seeds?.split(',').map(Number) ?? Array.from({ length: Number(values.farms) }, (_, n) => n + 1);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'aquaseed-calibrate-'));
const farms: Farm[] = [];
try {
  for (const [index, seed] of seeds.entries()) {
    const farm = verifyFarm(profiles[index % profiles.length] ?? '', seed, batches, scratch);
    farms.push(farm);
    const failed = farm.checks.filter((it) => it.pass === false).map((it) => it.id);
    process.stderr.write(`${farm.profile} seed ${seed}: ${failed.join(', ') || 'pass'}\n`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}

const lines = ['| profile | batches | farms | judged | failed | share |', '|---|---|---|---|---|---|'];
for (const profile of [...profiles, undefined]) {
  const of = farms.filter((it) => profile === undefined || it.profile === profile);
  const all = judged(of);
  const failed = all.filter((it) => !it.pass).length;
  const share = `${((1000 * failed) / Math.max(1, all.length)).toFixed(2)} in 1,000`;
  lines.push(`| ${profile ?? 'all'} | ${batches} | ${of.length} | ${all.length} | ${failed} | ${share} |`);
}
lines.push(
  '',
  '| failure | profile | seed | measured | judged by | standard error | units |',
  '|---|---|---|---|---|---|---|',
);
for (const it of judged(farms).filter((it) => !it.pass)) {
  const range = `${shown(it.judged_low)} .. ${shown(it.judged_high)}`;
  lines.push(
    `| ${it.id} | ${it.profile} | ${it.seed} | ${shown(it.measured)} | ${range} | ${shown(it.standard_error)} | ${it.units ?? ''} |`,
  );
}
process.stdout.write(`${lines.join('\n')}\n`);
