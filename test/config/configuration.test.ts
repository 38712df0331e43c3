import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_DIR, loadConfiguration } from '../../src/config/index.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'aquaseed-config-'));
beforeEach(() => cpSync(CONFIG_DIR, dir, { recursive: true }));
afterAll(() => rmSync(dir, { recursive: true }));

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(path.join(dir, file), 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(path.join(dir, file), text.replace(from, to));
}

describe('the configuration', () => {
  it('loads, with a digest of the contents and not of the formatting', () => {
    const before = loadConfiguration(dir).digest;
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    edit('biology.yaml', 'schema_version: 1', '# a remark\nschema_version:    1');
    expect(loadConfiguration(dir).digest).toBe(before);
    edit('biology.yaml', 'fcr_sd: 0.04', 'fcr_sd: 0.05');
    expect(loadConfiguration(dir).digest).not.toBe(before);
  });

  it.each([
    [
      'infrastructure.yaml',
      'halls: [A, B, C, D, E]',
      'halls: [A, B, C, D, F]',
      /stations\.0\.halls\.4: there is no hall type F/,
    ],
    [
      'infrastructure.yaml',
      '"{station}-Hall-{letter}"',
      '"{place}-Hall"',
      /names\.hall: unknown placeholder \{place\}/,
    ],
    [
      'infrastructure.yaml',
      'sensors: sea',
      'sensors: salt',
      /area_types\.twenty_rings\.sensors: there is no sensor set salt/,
    ],
    [
      'infrastructure.yaml',
      'type: twenty_rings',
      'type: ten_rings',
      /areas\.0\.type: there is no area type ten_rings/,
    ],
    ['infrastructure.yaml', 'code: SCO', 'code: FAR', /two geographies have the same code/],
    ['infrastructure.yaml', '  Salinity: SALINITY\n', '', /sensor_sets\.sea\.3: no sensor type for Salinity/],
    ['infrastructure.yaml', 'count: 22', 'count: 0', /areas\.0\.count: /],
    ['biology.yaml', 'order: 3', 'order: 4', /stages\.2\.order: orders count from 1: expected 3/],
    ['biology.yaml', 'hall: B', 'hall: A', /two stages use halls of the same letter/],
    ['biology.yaml', 'hall: B', 'hall: Z', /stages\.1\.hall: no hall type has the letter Z/],
    [
      'biology.yaml',
      'tgc: { Faroe Islands: 3.1, Scotland: 2.7 }',
      'tgc: { Faroe Islands: 3.1 }',
      /stages\.5\.tgc: no value for Scotland/,
    ],
    ['biology.yaml', 'Scotland: 2.7', 'Norway: 2.7', /stages\.5\.tgc\.Norway: there is no geography Norway/],
    ['biology.yaml', 'share: 0.45, tau: 8', 'share: 0.55, tau: 8', /shapes\.egg_alevin: shares sum to 1\.1/],
    [
      'biology.yaml',
      'SUPERIOR: 0.90, GRADE_A',
      'SUPERIOR: 0.80, GRADE_A',
      /harvest\.grades: shares sum to 0\.9/,
    ],
    [
      'biology.yaml',
      'cause: HANDLING',
      'cause: BOREDOM',
      /mortality\.pulses\.transfer\.cause: Invalid enum value/,
    ],
    ['biology.yaml', 'up_to_g: 30', 'up_to_g: 3', /pellets\.2\.up_to_g: weights must rise/],
    [
      'biology.yaml',
      'vaccination_days: [180',
      'vaccination_days: [480',
      /vaccination_days\.0: not in fresh water/,
    ],
    ['biology.yaml', 'min: 4.5, max: 6.5', 'min: 7.5, max: 6.5', /harvest_target_kg: min is above max/],
    ['biology.yaml', 'survival: 0.910', 'survival: 1.910', /stages\.0\.survival: /],
    ['climate.yaml', '        loch:', '        fjord:', /no climate for Scotland, site loch/],
    [
      'climate.yaml',
      '    Scotland:',
      '    Iceland:',
      /sea\.geographies\.Iceland: there is no such geography/,
    ],
    ['climate.yaml', '    parr:', '    kelt:', /freshwater\.stages\.kelt: there is no such freshwater stage/],
    ['climate.yaml', 'NO3: 0.01, ', '', /readings\.resolution: no resolution for NO3/],
    ['climate.yaml', '    NH4: { mean', '    NH3: { mean', /freshwater\.flow_through: no level of NH4/],
    ['climate.yaml', 'hours: [6, 8', 'hours: [6, 6', /readings\.hours: the same hour twice/],
    ['climate.yaml', 'hours: [6, 8', 'hours: [6, 24', /readings\.hours\.1: /],
    ['health.yaml', 'thermal: { share: 0.35', 'thermal: { share: 0.45', /delousing: shares sum to 1\.1/],
    [
      'health.yaml',
      'of: adult_female, factor: 1.0',
      'of: caligus, factor: 1.0',
      /types\.0: must be the adult females/,
    ],
    ['health.yaml', 'stage: chalimus', 'stage: nauplius', /there is no lice type .*female, nauplius/],
    [
      'health.yaml',
      'manual: { share: 0.80',
      'manual: { share: 0.70',
      /lice_count\.detection: shares sum to 0\.9/,
    ],
    [
      'health.yaml',
      'successful_from: 0.90',
      'successful_from: 0.40',
      /partial_from is above successful_from/,
    ],
    ['health.yaml', 'cut_points: [0.41, 2.20', 'cut_points: [2.41, 2.20', /sampling\.cut_points: must rise/],
    [
      'health.yaml',
      'treatment: 1.2, treatment_tau: 21',
      'treatment: 1.2',
      /treatment and treatment_tau belong together/,
    ],
    [
      'health.yaml',
      '    Fin Condition:',
      '    Tail Condition:',
      /there is no health parameter Tail Condition/,
    ],
    ['health.yaml', '    parr:', '    kelt:', /journal\.texts: nothing for parr/],
    ['health.yaml', 'predator: ["Hole', 'predatr: ["Hole', /incident_over: nothing for predator/],
    [
      'health.yaml',
      'types: [Kidney Sample',
      'types: [Bone Sample',
      /outbreak\.types\.0: no sample type Bone Sample/,
    ],
    ['health.yaml', 'sent_after_days: 1', 'sent_after_days: 6', /results come before the sample is sent/],
  ])('refuses in %s: %s -> %s', (file, from, to, message) => {
    edit(file, from, to);
    const refused = () => loadConfiguration(dir);
    expect(refused).toThrow(message);
    expect(refused).toThrow(/\.yaml:\d+:\d+: /);
  });
});
