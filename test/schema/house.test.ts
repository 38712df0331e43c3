import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionFiles, SQL_DIR } from '../../src/driver/database/function-files.ts';
import { RUN_LOCK } from '../../src/driver/statements/locks.ts';

/** What holds of every file of sql/, and of what has to stand in two of them. */

const WIDTH = 120;
const FUNCTION_LINES = 150;
/** How a file says in its first line that it may be longer or wider, and why. */
const REASON = /^-- .*\b(Long(?: lines)?)(?:, since|:) \S/;
/** Databases know these by the hash of their text, so that it cannot change any more. */
const APPLIED_MIGRATIONS = /^migrations\/0(0\d|1[0-5])_/;

const files = readdirSync(SQL_DIR, { recursive: true, encoding: 'utf8' })
  .filter((it) => it.endsWith('.sql'))
  .map((it) => it.replaceAll(path.sep, '/'))
  .toSorted();

function read(file: string): string {
  return readFileSync(path.join(SQL_DIR, file), 'utf8');
}

function reason(text: string): string | undefined {
  return REASON.exec(text.split('\n', 1)[0] ?? '')?.[1];
}

describe('the files of sql/', () => {
  it(`have no line over ${WIDTH} columns without a reason in the first`, () => {
    const wide = files
      .filter((file) => !APPLIED_MIGRATIONS.test(file) && reason(read(file)) !== 'Long lines')
      .flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line, index) => (line.length > WIDTH ? `${file}:${index + 1}` : [])),
      );
    expect(wide).toEqual([]);
  });
});

describe('the files of functions', () => {
  const functions = functionFiles();

  it('are all that there are, once', () => {
    const names = functions.map((it) => path.posix.basename(it.file, '.sql'));
    expect(new Set(names).size).toBe(names.length);
    expect(functions.map((it) => it.file).toSorted()).toEqual(
      files.filter((it) => /^(functions|partitions)\//.test(it)),
    );
  });

  it(`have no more than ${FUNCTION_LINES} lines without a reason in the first`, () => {
    const long = functions.filter(
      ({ text }) => text.split('\n').length - 1 > FUNCTION_LINES && reason(text) !== 'Long',
    );
    expect(long.map((it) => it.file)).toEqual([]);
  });

  it('create what they are called, say what it is, and do nothing else', () => {
    const others = functions.filter(({ file, text }) => {
      const name = path.posix.basename(file, '.sql');
      const statements = text.match(/^[a-z].*?(?=\baquaseed\.|$)(?:aquaseed\.\w+)?/gm) ?? [];
      const own = statements.filter((it) => /^(create|comment|select|do|drop|alter|grant|revoke)\b/.test(it));
      const kind = own[0]?.includes(' procedure ') ? 'procedure' : 'function';
      const one = `create or replace ${kind} aquaseed.${name}\ncomment on ${kind} aquaseed.${name}\n`;
      // More than once where the arguments differ.
      return (
        own.length === 0 ||
        own
          .map((it) => `${it}\n`)
          .join('')
          .replaceAll(one, '') !== ''
      );
    });
    expect(others.map((it) => it.file)).toEqual([]);
  });

  it('are loaded core and partitions first, and before a function in SQL what it names', () => {
    const rooms = functions.map((it) => path.posix.dirname(it.file));
    expect([...new Set(rooms)].slice(0, 2)).toEqual(['functions/core', 'partitions']);
    const place = (name: string): number => functions.findIndex((it) => it.file.endsWith(`/${name}.sql`));
    expect(place('z')).toBeLessThan(place('knot_noise'));
    expect(place('_temperature_profile')).toBeLessThan(place('_growth_paths'));
    expect(place('list_occupancy')).toBeLessThan(place('report_occupancy'));
  });
});

describe('what stands in two places', () => {
  it('is the same: the settings of a session and of the entry points', () => {
    const pairs = (file: string): string[] => read(file).match(/\('[\w.]+', '[^']*'\)/g) ?? [];
    const session = pairs('install/session.sql');
    const entryPoints = pairs('functions/roles/protect_entry_points.sql').filter(
      // In a session these are settings that go back to what PostgreSQL sets itself.
      (it) => !it.startsWith("('plpgsql."),
    );
    expect(entryPoints.length).toBeGreaterThan(15);
    expect(entryPoints.filter((it) => !session.includes(it))).toEqual([]);
  });

  it('is the same: the lock of a run', () => {
    expect(read('functions/ledger/_run_lock.sql')).toContain(`\nreturn ${RUN_LOCK};\n`);
    const locks = `${read('install.sql')}${read('install/lock_run.sql')}`.match(/\b7246\d{6}\b/g) ?? [];
    expect(new Set(locks)).toEqual(new Set([`${RUN_LOCK}`]));
  });
});

describe('a stage', () => {
  // AquaMind calls its own id so: stage_id, batch_lifecyclestage, environmental_stagetransitionenvironmental ...
  it('is one of a run: what fish live through is a life stage, in every name of the functions', () => {
    const wrong = files
      .filter((file) => file.startsWith('functions/'))
      .flatMap((file) =>
        [
          ...read(file).matchAll(
            /\b(?:[pv]_)?(?:schedule_|incident_|first_)?stage(?:_order|_key|_name|_no)?\b/g,
          ),
        ]
          .map(([name]) => name)
          .filter((name) => !['stage', 'p_stage', 'v_stage'].includes(name))
          .map((name) => `${file}: ${name}`),
      );
    expect(wrong).toEqual([]);
    const tables = files.flatMap((file) =>
      file.startsWith('functions/') && /\baquaseed\.stage\b/.test(read(file)) ? [file] : [],
    );
    expect(tables).toEqual([]);
  });
});
