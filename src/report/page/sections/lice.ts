import * as Plot from '@observablehq/plot';
import { group, max, median, quantile, rollups, sum } from 'd3-array';
import type { BatchRow } from '../../data.ts';
import { facetNames } from '../curves.ts';
import { type Figure, onPick, type Section } from '../figure.ts';
import { fixed, listed, toDate, whole } from '../format.ts';
import { type Model, rowsOf } from '../model.ts';
import { BACKGROUND, colours, MUTED } from '../palette.ts';

export function lice(model: Model, only?: BatchRow): Section {
  return {
    id: 'lice',
    title: 'Lice',
    parts: only === undefined ? [counts(model), treatments(model)] : [ofBatch(model, only)],
  };
}

function methodsOf(model: Model): string[] {
  return [
    ...new Set(model.tables.treatments.filter((it) => it.kind === 'delousing').map((it) => it.method)),
  ].sort();
}

function delousings(model: Model, only?: BatchRow) {
  return rowsOf(model.tables.treatments, only)
    .filter((it) => it.kind === 'delousing')
    .flatMap((it) => {
      const batch = model.byNo.get(it.batch_no);
      return batch === undefined
        ? []
        : [{ ...it, batch, geography: batch.geography, date: toDate(it.on_date) }];
    });
}

function counts(model: Model): Figure {
  const rows = model.tables.lice.flatMap((it) => {
    const batch = model.byNo.get(it.batch_no);
    return batch === undefined ? [] : [{ ...it, batch, geography: batch.geography, date: toDate(it.week) }];
  });
  const treated = delousings(model);
  const geographies = model.geographies.filter((it) => rows.some((row) => row.geography === it));
  const values = rows.map((it) => it.adult_females);
  return {
    title: 'Adult female lice per fish',
    caption: `Mean counts of every batch per week; the bold line is their mean; ticks at the bottom are days with delousing. Lice build up over the weeks at sea, faster in warm water, and drop at every treatment.`,
    alt: `Weekly mean counts of batches: median ${fixed(median(values), 2)}, 95 % are below ${fixed(quantile(values, 0.95), 2)}, the highest ${fixed(max(values), 1)}. ${treated.length} days of delousing.`,
    draw: ({ plot, time }) => {
      const node = plot({
        height: 200 * Math.max(1, geographies.length) + 40,
        x: time(),
        y: { label: 'adult female lice per fish', grid: true, zero: true },
        fy: { axis: null },
        color: colours(model.geographies),
        marks: [
          Plot.lineY(rows, {
            x: 'date',
            y: 'adult_females',
            z: 'batch_no',
            fy: 'geography',
            stroke: 'geography',
            strokeWidth: 1,
            strokeOpacity: Math.max(0.35, 2 / Math.sqrt(16 + model.batches.length)),
          }),
          Plot.lineY(
            [...rows].sort((a, b) => a.date.getTime() - b.date.getTime()),
            Plot.groupX(
              { y: 'mean' },
              { x: 'date', y: 'adult_females', fy: 'geography', stroke: 'currentColor', strokeWidth: 1.8 },
            ),
          ),
          Plot.ruleX(treated, {
            x: 'date',
            y1: 0,
            y2: (max(values) ?? 1) * 0.06,
            fy: 'geography',
            stroke: 'currentColor',
            strokeOpacity: 0.7,
          }),
          facetNames(geographies),
          Plot.tip(
            rows,
            Plot.pointer({
              x: 'date',
              y: 'adult_females',
              fy: 'geography',
              title: (it) =>
                `${it.batch.batch}, week of ${it.week}\n${fixed(it.adult_females, 2)} per fish, highest ring ${fixed(it.highest, 2)}`,
            }),
          ),
        ],
      });
      return [onPick<{ batch: BatchRow }>(node, (it) => model.pick(it.batch.batch))];
    },
  };
}

function treatments(model: Model): Figure {
  const rows = delousings(model);
  const methods = methodsOf(model);
  const months = rollups(
    rows,
    (it) => sum(it, (row) => row.containers),
    (it) => it.on_date.slice(0, 7),
    (it) => it.method,
  ).flatMap(([at, list]) => list.map(([method, rings]) => ({ month: toDate(`${at}-01`), method, rings })));
  const text = listed(
    methods.map(
      (it) =>
        `${whole(
          sum(
            rows.filter((row) => row.method === it),
            (row) => row.containers,
          ),
        )} ${it}`,
    ),
  );
  return {
    title: 'Rings deloused',
    caption: 'Treatments of rings per month, by method. They should follow the lice above.',
    alt: `Rings deloused by method: ${text === '' ? 'none yet' : text}.`,
    draw: ({ plot, legend, time }) => [
      legend(colours(methods)),
      plot({
        height: 220,
        x: time(),
        y: { label: 'rings a month', grid: true },
        color: colours(methods),
        marks: [
          Plot.rectY(
            months,
            Plot.stackY({
              x: 'month',
              interval: 'month',
              y: 'rings',
              fill: 'method',
              order: methods,
              tip: true,
            }),
          ),
          Plot.ruleY([0]),
        ],
      }),
    ],
  };
}

const SYMBOLS = ['triangle', 'square', 'diamond', 'star', 'wye'] as const;

function ofBatch(model: Model, only: BatchRow): Figure {
  const rows = rowsOf(model.tables.lice, only).map((it) => ({ ...it, date: toDate(it.week) }));
  const treated = delousings(model, only);
  const methods = methodsOf(model);
  const symbol = {
    domain: methods,
    range: methods.map((_, index) => SYMBOLS[index % SYMBOLS.length] ?? 'wye'),
  };
  const rings = [...group(treated, (it) => it.method)].map(
    ([method, list]) => `${sum(list, (it) => it.containers)} ${method}`,
  );
  return {
    title: 'Adult female lice per fish, and treatments',
    caption:
      rows.length === 0
        ? 'It has not been at sea yet, so there are no counts.'
        : 'Line: weekly mean of its rings; band: up to its worst ring; marks on the axis: days on which rings were deloused. The count falls after each mark.',
    alt: `Weekly mean up to ${fixed(
      max(rows, (it) => it.adult_females),
      2,
    )} per fish; rings deloused: ${rings.length === 0 ? 'none' : listed(rings)}.`,
    draw: ({ plot, time }) =>
      rows.length === 0
        ? []
        : [
            ...(treated.length === 0 ? [] : [Plot.legend({ symbol, className: 'legend' })]),
            plot({
              height: 260,
              x: time(),
              y: { label: 'adult female lice per fish', grid: true, zero: true },
              symbol,
              marks: [
                Plot.areaY(rows, {
                  x: 'date',
                  y1: 'adult_females',
                  y2: 'highest',
                  fill: 'var(--c2)',
                  fillOpacity: 0.18,
                }),
                Plot.ruleX(treated, { x: 'date', stroke: MUTED, strokeDasharray: '2,3' }),
                Plot.lineY(rows, {
                  x: 'date',
                  y: 'adult_females',
                  stroke: 'var(--c2)',
                  strokeWidth: 2,
                  tip: true,
                }),
                Plot.dot(treated, {
                  x: 'date',
                  y: 0,
                  symbol: 'method',
                  r: 5,
                  stroke: 'currentColor',
                  fill: BACKGROUND,
                  title: (it) => `${it.on_date}: ${it.containers} rings, ${it.method}`,
                  tip: true,
                }),
              ],
            }),
          ],
  };
}
