import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_DIR, loadConfiguration } from '../../src/config/index.ts';
import { UserError } from '../../src/errors.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'aquaseed-profiles-'));
beforeEach(() => {
  rmSync(path.join(dir, 'profiles'), { recursive: true, force: true });
  for (const name of readdirSync(CONFIG_DIR).filter((it) => it.endsWith('.yaml'))) {
    cpSync(path.join(CONFIG_DIR, name), path.join(dir, name));
  }
  mkdirSync(path.join(dir, 'profiles'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function profile(name: string, text: string): void {
  writeFileSync(path.join(dir, 'profiles', `${name}.yaml`), text);
}

function refusal(...names: string[]): UserError {
  try {
    loadConfiguration(dir, names);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const stageOf = (names: string[], key: string) => {
  const stage = loadConfiguration(CONFIG_DIR, names).biology.stages.find((it) => it.key === key);
  if (stage === undefined) throw new Error(`no stage ${key}`);
  return stage;
};

describe('the profiles that come with the configuration', () => {
  const names = readdirSync(path.join(CONFIG_DIR, 'profiles')).map((it) => it.replace('.yaml', ''));

  it.each(names)('%s fits the configuration, alone and with uat', (name) => {
    expect(loadConfiguration(CONFIG_DIR, [name]).profiles).toEqual([name]);
    if (name !== 'uat') expect(loadConfiguration(CONFIG_DIR, [name, 'uat']).incidents.enabled).toBe(true);
  });

  it('guide and standard change nothing', () => {
    const { digest } = loadConfiguration();
    expect(loadConfiguration(CONFIG_DIR, ['guide', 'standard']).digest).toBe(digest);
    const others = names.filter((it) => it !== 'guide' && it !== 'standard');
    const digests = others.map((it) => loadConfiguration(CONFIG_DIR, [it]).digest);
    expect(new Set([digest, ...digests]).size).toBe(others.length + 1);
  });

  it('standard has incidents but no disasters, clean has none, uat has both', () => {
    const on = (name: string) => {
      const { enabled, disasters } = loadConfiguration(CONFIG_DIR, [name]).incidents;
      return { enabled, disasters };
    };
    expect(on('standard')).toEqual({ enabled: true, disasters: false });
    expect(on('clean')).toEqual({ enabled: false, disasters: false });
    expect(on('uat')).toEqual({ enabled: true, disasters: true });
  });

  it('industry has the mortality of the industry, and ranges of the checks that go with it', () => {
    const { biology, checks } = loadConfiguration(CONFIG_DIR, ['industry']);
    const total = (geography: string) =>
      biology.stages.reduce((alive, { survival }) => {
        return alive * (typeof survival === 'number' ? survival : (survival[geography] ?? 0));
      }, 1);
    expect(total('Faroe Islands')).toBeCloseTo(0.73, 2);
    expect(total('Scotland')).toBeCloseTo(0.68, 2);
    const survival = checks.checks.find((it) => it.id === '3');
    expect(survival?.low).toBeLessThan(0.68);
    expect(survival?.high).toBeGreaterThan(0.73);
    expect(survival?.name).toBe('Survival to harvest, median batch');
  });

  it('high-frequency changes the meals and nothing else of a stage', () => {
    expect(stageOf(['high-frequency'], 'fry')).toEqual({ ...stageOf([], 'fry'), meals_per_day: 12 });
  });

  it('rings-20 takes a whole area of smaller rings', () => {
    const { farm } = loadConfiguration(CONFIG_DIR, ['rings-20']);
    expect(farm.allocation.ringCounts).toEqual([20]);
    expect(farm.containers.find((it) => it.areaId !== null)?.volumeM3).toBe(50_000);
  });
});

describe('a profile', () => {
  it('is merged by key, stages by their key, checks by their id; lists and values are replaced', () => {
    profile(
      'mine',
      [
        'biology:',
        '  stages: { adult: { survival: { Scotland: 0.5 } } }',
        '  vaccination_days: [200]',
        '  batch: { fcr_sd: 0.2 }',
        'checks:',
        '  checks: { 5.fry: { low: null } }',
      ].join('\n'),
    );
    const before = loadConfiguration(dir);
    const { biology, checks } = loadConfiguration(dir, ['mine']);
    expect(biology.vaccination_days).toEqual([200]);
    expect(biology.batch).toEqual({ ...before.biology.batch, fcr_sd: 0.2 });
    expect(biology.stages.at(-1)?.survival).toEqual({ 'Faroe Islands': 0.972, Scotland: 0.5 });
    expect(biology.stages.slice(0, -1)).toEqual(before.biology.stages.slice(0, -1));
    expect(checks.checks.find((it) => it.id === '5.fry')).toMatchObject({ low: null, high: 0.99 });
    expect(checks.checks).toHaveLength(before.checks.checks.length);
  });

  it('gives way to a later one', () => {
    profile('one', 'biology: { batch: { fcr_sd: 0.1, growth_sd: 0.1 } }');
    profile('two', 'biology: { batch: { fcr_sd: 0.2 } }');
    expect(loadConfiguration(dir, ['one', 'two']).biology.batch).toMatchObject({
      fcr_sd: 0.2,
      growth_sd: 0.1,
    });
    expect(loadConfiguration(dir, ['two', 'one']).biology.batch).toMatchObject({
      fcr_sd: 0.1,
      growth_sd: 0.1,
    });
  });

  it('counts in the digest, unless it changes the checks only', () => {
    const { digest } = loadConfiguration(dir);
    profile('one', 'biology: { batch: { fcr_sd: 0.1 } }');
    profile('two', 'checks: { checks: { 5.fry: { low: 0 } } }');
    expect(loadConfiguration(dir, ['one']).digest).not.toBe(digest);
    expect(loadConfiguration(dir, ['two']).digest).toBe(digest);
  });

  it('that does not exist is refused with those that do', () => {
    profile('one', '');
    profile('two', '');
    const error = refusal('three');
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain('there is no profile "three"');
    expect(error.hint).toBe('Profiles: one, two');
    expect(refusal('../one').message).toContain('there is no profile');
  });

  it('is refused when it is given twice', () => {
    profile('one', '');
    expect(refusal('one', 'one').message).toBe('profile one is given twice');
  });

  it.each([
    ['biologie: {}', /one\.yaml:1:1: biologie: unknown key; the configuration has infrastructure, biology,/],
    ['biology: 3', /one\.yaml:1:1: biology: must be a map of what changes in the file/],
    ['- biology', /one\.yaml:1:1: a profile is a map/],
    ['biology:\n  batch:\n    eggz: 3', /one\.yaml:3:5: biology\.batch\.eggz: unknown key/],
    [
      'biology:\n  stages:\n    frye: { days: 3 }',
      /one\.yaml:3:5: biology\.stages\.frye: unknown key; there are egg_alevin, fry/,
    ],
    [
      'biology:\n  stages:\n    fry: { survival: 1.5 }',
      /one\.yaml:3:12: biology\.stages\.fry\.survival: Number must be less/,
    ],
    [
      'biology:\n  stages:\n    adult:\n      tgc: { Mars: 1 }',
      /one\.yaml:4:14: biology\.stages\.adult\.tgc\.Mars: there is no geography Mars/,
    ],
    [
      'biology:\n  feeding:\n    pellets: [{ feed: x }]',
      /one\.yaml:3:15: biology\.feeding\.pellets\.0\.price_eur_kg: missing/,
    ],
    [
      'health:\n  delousing: { thermal: { share: 1 } }',
      /one\.yaml:2:3: health\.delousing: shares sum to 1\.65/,
    ],
    ['health: {\n', /one\.yaml:\d+:\d+: /],
  ])('%j is refused in its own file', (text, message) => {
    profile('one', text);
    const error = refusal('one');
    expect(error.exitCode).toBe(2);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('biology.yaml');
  });

  it('leaves a mistake of the configuration with its own file', () => {
    profile('one', 'health: { lice: { treatment: fixed } }');
    writeFileSync(path.join(dir, 'health.yaml'), 'schema_version: 1\nlice: 3\n');
    expect(refusal().message).toMatch(/health\.yaml:2:1: lice: /);
    expect(refusal('one').message).toMatch(/health\.yaml:\d+:\d+: /);
  });
});
