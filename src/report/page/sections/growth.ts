import * as Plot from '@observablehq/plot';
import { group, median, quantile } from 'd3-array';
import type { BatchRow } from '../../data.ts';
import { DAY } from '../../pack.ts';
import { band, batchLines, byAgeOf, facetNames, stageMarks } from '../curves.ts';
import { type Figure, onPick, type Section } from '../figure.ts';
import { fixed, month, percent, toDate } from '../format.ts';
import { type Model, rowsOf, type WeekPoint } from '../model.ts';
import { colours, MUTED } from '../palette.ts';

export function growth(model: Model, only?: BatchRow): Section {
  return {
    id: 'growth',
    title: 'Growth',
    intro:
      'Actual weights are the daily states that the growth analysis reconstructs from recorded events; projections are those of the scenario that was made when the eggs arrived.',
    parts: [byAge(model, only), byCalendar(model, only), ...(only === undefined ? [ratios(model)] : [])],
  };
}

function projections(model: Model, only: BatchRow | undefined) {
  return rowsOf(model.tables.projections, only).flatMap((it) => {
    const batch = model.byNo.get(it.batch_no);
    if (batch === undefined) return [];
    const date = new Date(toDate(batch.start_date).getTime() + it.day * DAY);
    return [{ batch, age: it.day, date, weightKg: it.weight_g / 1000, geography: batch.geography }];
  });
}

function weighed(model: Model, only?: BatchRow): WeekPoint[] {
  return rowsOf(model.weeks, only).filter((it) => it.weightKg !== null);
}

function byAge(model: Model, only: BatchRow | undefined): Figure {
  const all = weighed(model);
  const points = weighed(model, only);
  const projected = projections(model, only);
  const last = points.at(-1);
  const grown = only === undefined ? finalWeights(model) : [];
  const geographies = only === undefined ? model.geographies : [only.geography];
  return {
    title: only === undefined ? 'Weight by age' : 'Weight by age, actual and projected',
    caption:
      only === undefined
        ? 'One line a batch; the dashed line is the median projection of the geography. Lines should fan out with age, and lie around the projection rather than all on one side of it.'
        : 'Solid: actual; dashed: projected; grey: the middle 90 % of all batches of the geography. It should follow the projection roughly, never exactly.',
    alt:
      only === undefined
        ? `Growth of ${model.batches.length} batches in ${geographies.join(' and ')}, from 0.1 g to a mean weight at harvest of ${fixed(median(grown), 1)} kg (median), 5 to 95 %: ${fixed(quantile(grown, 0.05), 1)} to ${fixed(quantile(grown, 0.95), 1)} kg.`
        : `${only.batch} weighed ${fixed(last?.weightKg, 2)} kg at an age of ${last?.age ?? 0} days.`,
    half: only !== undefined,
    draw: ({ plot, narrow }) => {
      const facet = only === undefined ? (narrow ? { fy: 'geography' } : { fx: 'geography' }) : {};
      const node = plot({
        height: narrow && only === undefined ? 260 * geographies.length : 340,
        marginTop: 32,
        x: { label: 'age (days)', ticks: narrow ? 5 : 8 },
        y: { label: 'mean weight (kg)', grid: true, zero: true },
        fx: { label: null },
        fy: { axis: null },
        color: colours(model.geographies),
        marks: [
          ...stageMarks(model, narrow || only === undefined),
          narrow && only === undefined ? facetNames(geographies) : null,
          only === undefined
            ? null
            : band(
                all.filter((it) => it.geography === only.geography),
                'weightKg',
              ),
          batchLines(points, 'weightKg', model, only, facet),
          only === undefined
            ? Plot.lineY(byAgeOf(projected), {
                ...Plot.groupX({ y: 'median' }, { x: 'age', y: 'weightKg', ...facet }),
                stroke: 'currentColor',
                strokeWidth: 2,
                strokeDasharray: '6,4',
              })
            : Plot.lineY(projected, {
                x: 'age',
                y: 'weightKg',
                stroke: 'currentColor',
                strokeDasharray: '6,4',
                strokeWidth: 1.5,
              }),
          Plot.tip(
            points,
            Plot.pointer({
              x: 'age',
              y: 'weightKg',
              ...facet,
              title: (it) =>
                `${it.batch.batch}\n${it.age} days: ${fixed(it.weightKg, 3)} kg${it.projectedKg === null ? '' : `\nprojected ${fixed(it.projectedKg, 3)} kg`}`,
            }),
          ),
        ],
      });
      return [onPick<{ batch: BatchRow }>(node, (it) => only === undefined && model.pick(it.batch.batch))];
    },
  };
}

function byCalendar(model: Model, only: BatchRow | undefined): Figure {
  const points = weighed(model, only);
  const projected = projections(model, only);
  const geographies = only === undefined ? model.geographies : [only.geography];
  const first = points[0]?.date ?? model.asOf;
  const isOver = only !== undefined && only.status !== 'ACTIVE';
  return {
    title: only === undefined ? 'Weight over the years' : 'Weight over time',
    caption: `Solid: actual; dashed: projected${only === undefined ? ', also of those still alive' : ''}${isOver ? '' : `; the upright line is the end of history, ${month(model.asOf)}`}. ${only === undefined ? 'Batches follow each other without gaps where the schedule is full.' : 'Growth is slower in the cold months at sea.'}`,
    alt: `Mean weight ${only === undefined ? `of ${model.batches.length} batches` : `of ${only.batch}`} from ${month(first)} to ${month(model.asOf)}, with projections.`,
    half: only !== undefined,
    draw: ({ plot, time }) => {
      const facet = only === undefined ? { fy: 'geography' } : {};
      const crowd = Math.max(0.3, 3 / Math.sqrt(9 + model.batches.length));
      const node = plot({
        height: only === undefined ? 210 * geographies.length + 50 : 340,
        marginRight: only === undefined ? 24 : 16,
        x: time(),
        y: { label: 'mean weight (kg)', grid: true, zero: true },
        fy: { label: null, axis: null },
        color: colours(model.geographies),
        marks: [
          Plot.lineY(projected, {
            x: 'date',
            y: 'weightKg',
            z: (it) => it.batch.batch_no,
            stroke: only === undefined ? MUTED : 'currentColor',
            strokeWidth: only === undefined ? 0.6 : 1.5,
            strokeOpacity: only === undefined ? crowd : 1,
            strokeDasharray: '3,3',
            ...facet,
          }),
          isOver ? null : Plot.ruleX([model.asOf], { stroke: MUTED }),
          Plot.lineY(points, {
            x: 'date',
            y: 'weightKg',
            z: 'batch_no',
            stroke: 'geography',
            strokeWidth: only === undefined ? 1 : 2.5,
            strokeOpacity: only === undefined ? Math.min(1, crowd * 1.6) : 1,
            ...facet,
          }),
          only === undefined ? facetNames(geographies) : null,
          Plot.tip(
            points,
            Plot.pointer({
              x: 'date',
              y: 'weightKg',
              ...facet,
              title: (it) =>
                `${it.batch.batch}\n${it.date.toISOString().slice(0, 10)}: ${fixed(it.weightKg, 3)} kg`,
            }),
          ),
        ],
      });
      return [onPick<{ batch: BatchRow }>(node, (it) => only === undefined && model.pick(it.batch.batch))];
    },
  };
}

/** Mean live weights at harvest, kg, of the batches that are over. */
export function finalWeights({ batches }: Model): number[] {
  return batches
    .filter((it) => it.status === 'COMPLETED' && it.weight_g !== null)
    .map((it) => (it.weight_g ?? 0) / 1000);
}

/** Actual against projected, one dot a batch. */
function ratios(model: Model): Figure {
  const dots = [...group(model.weeks, (it) => it.batch.batch_no).values()].flatMap((weeks) => {
    // Before the harvest, which takes the heavier rings first.
    const harvested = weeks.findIndex(
      (it, n) => n > 0 && it.fish + it.deaths < 0.98 * (weeks[n - 1]?.fish ?? 0),
    );
    const last = (harvested === -1 ? weeks : weeks.slice(0, harvested)).findLast(
      (it) => it.weightKg !== null && it.projectedKg !== null && it.age >= 90,
    );
    if (last === undefined) return [];
    return [
      {
        batch: last.batch,
        geography: last.batch.geography,
        start: toDate(last.batch.start_date),
        ratio: (last.weightKg ?? 0) / (last.projectedKg ?? 1),
        state: last.batch.status === 'ACTIVE' ? 'alive' : 'harvested',
        age: last.age,
      },
    ];
  });
  const values = dots.map((it) => it.ratio);
  const text = `median ${percent(median(values))}, 5 to 95 % of the batches: ${percent(quantile(values, 0.05))} to ${percent(quantile(values, 0.95))}`;
  return {
    title: 'Actual weight against the projection',
    caption: `Each batch in its last full week before its harvest: ${text}. Dots around the line at 100 % are good; a slope over the years would be a drift.`,
    alt: `Actual weight as a share of the projected one, ${dots.length} batches: ${text}.`,
    draw: ({ plot, legend, time }) => {
      const node = plot({
        height: 280,
        marginLeft: 50,
        x: { ...time(), label: 'eggs arrived' },
        y: { label: 'actual / projected (%)', percent: true, grid: true },
        color: colours(model.geographies),
        symbol: { domain: ['alive', 'harvested'], range: ['circle', 'times'] },
        marks: [
          Plot.ruleY([1], { stroke: 'currentColor', strokeDasharray: '6,4' }),
          Plot.dot(dots, {
            x: 'start',
            y: 'ratio',
            stroke: 'geography',
            symbol: 'state',
            r: 4,
            strokeWidth: 1.6,
          }),
          Plot.tip(
            dots,
            Plot.pointer({
              x: 'start',
              y: 'ratio',
              title: (it) => `${it.batch.batch}, ${it.state}\n${percent(it.ratio, 1)} at ${it.age} days`,
            }),
          ),
        ],
      });
      return [
        legend(colours(model.geographies)),
        Plot.legend({
          symbol: { domain: ['alive', 'harvested'], range: ['circle', 'times'] },
          className: 'legend',
        }),
        onPick<{ batch: BatchRow }>(node, (it) => model.pick(it.batch.batch)),
      ];
    },
  };
}
