import * as Plot from '@observablehq/plot';
import { median, quantile, rollups, sum } from 'd3-array';
import type { BatchRow } from '../../data.ts';
import type { Figure, Section, Table } from '../figure.ts';
import { fixed, listed, percent, toDate, whole, words } from '../format.ts';
import { type Model, rowsOf } from '../model.ts';
import { BACKGROUND, colours } from '../palette.ts';
import { finalWeights } from './growth.ts';

const CLASS_KG = 0.25;

export function harvest(model: Model, only?: BatchRow): Section {
  const rows = rowsOf(model.tables.harvest, only);
  if (rows.length === 0)
    return { id: 'harvest', title: 'Harvest', intro: 'Nothing has been harvested yet.', parts: [] };
  return {
    id: 'harvest',
    title: 'Harvest',
    parts: [weights(model, only), grades(model, only), ...(only === undefined ? [pace(model)] : [])],
  };
}

function gradesOf(model: Model): string[] {
  return rollups(
    model.tables.harvest,
    (it) => sum(it, (row) => row.fish),
    (it) => it.grade,
  )
    .sort(([, a], [, b]) => b - a)
    .map(([grade]) => words(grade));
}

/** Mean weight of all fish of rows, kg. */
function meanKg(rows: readonly { fish: number; live_kg: number }[]): number {
  return sum(rows, (it) => it.live_kg) / sum(rows, (it) => it.fish);
}

function weights(model: Model, only: BatchRow | undefined): Figure {
  const names = gradesOf(model);
  const rows = rowsOf(model.tables.harvest, only);
  const fish = sum(rows, (it) => it.fish);
  const classes = rollups(
    rows,
    (it) => sum(it, (row) => row.fish),
    (it) => words(it.grade),
    (it) => it.weight_kg,
  ).flatMap(([grade, list]) =>
    list.map(([from, count]) => ({ grade, from, to: from + CLASS_KG, fish: count / 1000 })),
  );
  const batches = finalWeights(model);
  const text =
    only === undefined
      ? `median of the batches ${fixed(median(batches), 1)} kg, 5 to 95 %: ${fixed(quantile(batches, 0.05), 1)} to ${fixed(quantile(batches, 0.95), 1)} kg`
      : `mean ${fixed(meanKg(rows), 2)} kg`;
  return {
    title: 'Weight at harvest, by grade',
    caption: `Live weight in classes of 0.25 kg, the mean of a lot (one grade of one ring on one day): ${text}. Lots are means, so single fish are spread wider.`,
    alt: `Harvested: ${whole(fish)} fish, ${text}. By grade: ${listed(
      names.flatMap((name) => {
        const list = rows.filter((it) => words(it.grade) === name);
        return list.length === 0 ? [] : [`${name} ${percent(sum(list, (it) => it.fish) / fish, 1)}`];
      }),
    )}.`,
    half: true,
    draw: ({ plot, legend }) => [
      legend(colours(names)),
      plot({
        height: 280,
        marginLeft: 52,
        x: { label: 'live weight (kg)', nice: true },
        y: { label: 'fish (thousand)', grid: true },
        color: colours(names),
        marks: [
          Plot.rectY(
            classes,
            Plot.stackY({
              x1: 'from',
              x2: 'to',
              y: 'fish',
              fill: 'grade',
              order: names,
              stroke: BACKGROUND,
              strokeWidth: 0.5,
              tip: true,
            }),
          ),
          Plot.ruleY([0]),
        ],
      }),
    ],
  };
}

function grades(model: Model, only: BatchRow | undefined): Table {
  const rows = rowsOf(model.tables.harvest, only);
  const fish = sum(rows, (it) => it.fish);
  const line = (name: string, list: typeof rows): string[] => [
    name,
    whole(sum(list, (it) => it.fish)),
    percent(sum(list, (it) => it.fish) / fish, 1),
    fixed(sum(list, (it) => it.live_kg) / 1000, 0),
    fixed(meanKg(list), 2),
    percent(sum(list, (it) => it.gutted_kg ?? 0) / sum(list, (it) => it.live_kg), 1),
  ];
  return {
    title: 'By grade',
    caption:
      'The best grade should be by far the largest, the worst the lightest; the yield is gutted / live weight.',
    head: ['grade', 'fish', 'share', 'live (t)', 'mean (kg)', 'gutted yield'],
    numbers: [1, 2, 3, 4, 5],
    rows: [
      ...gradesOf(model).flatMap((name) => {
        const list = rows.filter((it) => words(it.grade) === name);
        return list.length === 0 ? [] : [line(name, list)];
      }),
      line('all', rows),
    ],
    half: true,
  };
}

function pace(model: Model): Figure {
  const over = model.batches
    .filter((it) => it.harvested > 0 && it.end_date !== null)
    .map((it) => ({ ...it, date: toDate(it.end_date ?? ''), tonnes: it.harvested_kg / 1000 }));
  const total = sum(model.batches, (it) => it.harvested_kg) / 1000;
  return {
    title: 'Batches harvested',
    caption:
      'One dot a batch, on the day it was over; size is what it weighed in all. Gaps would mean that nothing is sold for months.',
    alt: `${over.length} batches are over; ${whole(total)} t live weight were harvested in all.`,
    draw: ({ plot, legend, time }) => [
      legend(colours(model.geographies)),
      plot({
        height: 240,
        x: time(),
        y: { label: 'mean live weight (kg)', grid: true, nice: true },
        r: { range: [0, 9] },
        color: colours(model.geographies),
        marks: [
          Plot.dot(over, {
            x: 'date',
            y: (it) => (it.weight_g ?? 0) / 1000,
            r: 'tonnes',
            stroke: 'geography',
            fill: 'geography',
            fillOpacity: 0.35,
            title: (it) =>
              `${it.batch}, ${it.end_date}\n${whole(it.tonnes)} t, ${fixed((it.weight_g ?? 0) / 1000, 2)} kg a fish`,
            tip: true,
          }),
        ],
      }),
    ],
  };
}
