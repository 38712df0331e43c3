import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Biome keeps src/ free of circles and src/planner free of what uses it (biome.json); rooms have an order besides. */

const PLANNER = fileURLToPath(new URL('../src/planner/', import.meta.url));
/** The rooms of the planner and the files beside them, each before those that may import from it. */
const ROOMS = [
  'days.ts',
  'farm',
  'request',
  'schedule',
  'allocate',
  'solve',
  'presets.ts',
  'plan.ts',
  'extend.ts',
  'summary',
  'index.ts',
];

const roomOf = (file: string): string => file.split(path.sep)[0] ?? '';
const files = readdirSync(PLANNER, { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.ts'));

/** The files of the planner that one imports or exports from. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(PLANNER, file), 'utf8');
  return [...text.matchAll(/\bfrom '(\.[^']+)'/g)]
    .map(([, name = '']) => path.join(path.dirname(file), name))
    .filter((it) => !it.startsWith('..'));
}

describe('the rooms of the planner', () => {
  it('are those of the list', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...ROOMS].sort());
  });

  it('import from rooms before them only', () => {
    const arrows = files.flatMap((from) => importsOf(from).map((to) => ({ from, to })));
    expect(arrows.length).toBeGreaterThan(files.length);
    const floor = (file: string) => ROOMS.indexOf(roomOf(file));
    const upwards = arrows.filter(({ from, to }) => floor(to) > floor(from));
    expect(upwards.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});
