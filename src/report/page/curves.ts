import * as Plot from '@observablehq/plot';
import { rollup } from 'd3-array';
import type { BatchRow } from '../data.ts';
import type { Model, WeekPoint } from './model.ts';
import { BACKGROUND, FAINT, MUTED } from './palette.ts';

/** Marks that several sections draw. */

/** The names of the facets that are below each other, inside them: there is no room beside. */
export function facetNames(names: readonly string[]): Plot.Markish {
  return Plot.text(names, {
    text: (it) => it,
    fy: (it) => it,
    frameAnchor: 'top-left',
    dx: 6,
    dy: 4,
    fontWeight: 'bold',
    stroke: BACKGROUND,
    fill: 'currentColor',
  });
}

/** In the order of age, which groups of a plot keep. */
export function byAgeOf<Point extends { age: number }>(points: readonly Point[]): Point[] {
  return [...points].sort((a, b) => a.age - b.age);
}

/** Weeks of an age that so many batches have reached that their spread means something. */
function common(points: readonly WeekPoint[]): WeekPoint[] {
  const ages = rollup(
    points,
    (it) => it.length,
    (it) => it.age,
  );
  return byAgeOf(points.filter((it) => it.age % 7 === 6 && (ages.get(it.age) ?? 0) >= 3));
}

/** Where the stages begin. */
export function stageMarks({ stages }: Model, narrow: boolean): Plot.Markish[] {
  return [
    Plot.ruleX(stages.slice(1), { x: 'day', stroke: FAINT, strokeDasharray: '2,3' }),
    narrow
      ? null
      : Plot.text(stages, {
          x: 'day',
          text: 'name',
          frameAnchor: 'top',
          textAnchor: 'start',
          dx: 2,
          dy: -10,
          fontSize: 8,
          fill: MUTED,
        }),
  ];
}

/** What of a week a curve shows. */
type Measure = 'weightKg' | 'survival';

/** The middle 90 % of batches by age. */
export function band(points: readonly WeekPoint[], y: Measure): Plot.Markish {
  return Plot.areaY(
    common(points),
    Plot.groupX({ y1: 'p05', y2: 'p95' }, { x: 'age', y1: y, y2: y, fill: FAINT }),
  );
}

/** One line a batch by age: thin and the paler the more there are, or one alone. */
export function batchLines(
  points: readonly WeekPoint[],
  y: Measure,
  model: Model,
  only: BatchRow | undefined,
  facet: { fx?: string; fy?: string } = {},
): Plot.Markish {
  return Plot.lineY(points, {
    x: 'age',
    y,
    z: 'batch_no',
    stroke: 'geography',
    strokeWidth: only === undefined ? 1 : 2.5,
    strokeOpacity: only === undefined ? Math.max(0.25, 3 / Math.sqrt(9 + model.batches.length)) : 1,
    ...facet,
  });
}
