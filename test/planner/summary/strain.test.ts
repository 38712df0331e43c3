import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_DIR, loadConfiguration } from '../../../src/config/index.ts';
import { plan, readSchedule, strains, summarise } from '../../../src/planner/index.ts';

// What a plan asks of the farm that a real one could not give is said as a warning.

const configuration = loadConfiguration(CONFIG_DIR);
const { farm, biology, climate, work } = configuration;
const of = (preset: string) =>
  strains(readSchedule(path.join(CONFIG_DIR, 'schedules', `${preset}.yaml`)), configuration);

describe('a plan', () => {
  it('of the usual density has no warnings', () => {
    for (const preset of ['demo', 'medium', 'uat', 'ladder', 'guide-144'])
      expect(of(preset), preset).toEqual([]);
  });

  it('with eight rings a batch, every six days, is warned of: full rings, and too many fish to slaughter', () => {
    const warnings = of('peak-550');
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatch(
      /^\d+ of 550 batches have more fish than their rings may hold .* in 8 rings$/,
    );
    expect(warnings[1]).toMatch(/^Faroe Islands has 24\d,000 fish a day to slaughter/);
    expect(warnings[2]).toMatch(/^Scotland has 23\d,000 fish a day to slaughter/);
  });

  it('says so in its summary, for people and for programs', () => {
    const made = plan(
      { batches: 2, stagger: 83, rings: 4, asOf: '2025-12-03', seed: 42, name: 'dense' },
      farm,
      biology,
      climate,
      work,
    );
    const warnings = strains(made.schedule, configuration);
    expect(warnings).toHaveLength(1);
    const { text, json } = summarise(made, { predictedRows: {}, warnings });
    expect(json.warnings).toEqual(warnings);
    expect(text).toContain(`WARNING: ${warnings[0]}`);
  });
});
