import * as Plot from '@observablehq/plot';
import { group, max, median, min, quantile, sum } from 'd3-array';
import type { BatchRow } from '../../data.ts';
import type { Figure, Section } from '../figure.ts';
import { fixed, month, toDate, whole } from '../format.ts';
import { type Model, rowsOf } from '../model.ts';
import { ACCENT, colours, FAINT, MUTED } from '../palette.ts';

export function feed(model: Model, only?: BatchRow): Section {
  return {
    id: 'feed',
    title: 'Feed',
    parts:
      only === undefined
        ? [perDay(model), standing(model), conversion(model), ...stock(model)]
        : [ofBatch(model, only), conversion(model, only)],
  };
}

function stacked(
  model: Model,
  value: 'feed_kg' | 'biomass_kg',
  {
    title,
    caption,
    label,
    alt,
  }: { title: string; caption: string; label: string; alt: (peak: string) => string },
): Figure {
  const rows = model.tables.feed
    .filter((it) => value === 'biomass_kg' || it.life_stage_no > 1)
    .map((it) => ({ stage: it.stage, date: toDate(it.week), week: it.week, tonnes: it[value] / 1000 }));
  const names = model.stages.map((it) => it.name);
  const weeks = [...group(rows, (it) => it.week)].map(([week, list]) => ({
    week,
    tonnes: sum(list, (it) => it.tonnes),
  }));
  const peak = weeks.reduce((a, b) => (b.tonnes > a.tonnes ? b : a), weeks[0] ?? { week: '', tonnes: 0 });
  return {
    title,
    caption,
    alt: alt(`${whole(peak.tonnes)} t in the week of ${peak.week}`),
    half: true,
    draw: ({ plot, legend, time }) => [
      legend(colours(names)),
      plot({
        height: 300,
        marginLeft: 52,
        x: time(),
        y: { label, grid: true },
        color: colours(names),
        marks: [
          Plot.areaY(
            rows,
            Plot.stackY({ x: 'date', y: 'tonnes', fill: 'stage', order: names, curve: 'step' }),
          ),
          Plot.ruleY([0]),
          Plot.tip(
            weeks,
            Plot.pointerX({
              x: (it) => toDate(it.week),
              y: 'tonnes',
              title: (it) => `week of ${it.week}\n${fixed(it.tonnes, 1)} t`,
            }),
          ),
        ],
      }),
    ],
  };
}

function perDay(model: Model): Figure {
  return stacked(model, 'feed_kg', {
    title: 'Feed per day',
    caption: 'By stage, means of weeks. Fish at sea eat nearly all of it, more in the warm months.',
    label: 'feed (t a day)',
    alt: (peak) => `Feed per day by stage; most is given at sea. The highest is ${peak} (per day).`,
  });
}

function standing(model: Model): Figure {
  return stacked(model, 'biomass_kg', {
    title: 'Standing biomass',
    caption: 'Weight of all living fish, by stage. It falls when batches are harvested.',
    label: 'biomass (t)',
    alt: (peak) => `Biomass by stage; the highest is ${peak}.`,
  });
}

function conversion(model: Model, only?: BatchRow): Figure {
  const all = model.tables.fcr.map((it) => ({ ...it, fcr: (it.feed_kg ?? 0) / it.gain_kg }));
  const rows = rowsOf(all, only);
  const names = model.stages.slice(1).map((it) => it.name);
  const text = names
    .flatMap((name) => {
      const values = rows.filter((it) => it.stage === name).map((it) => it.fcr);
      if (values.length === 0) return [];
      return only === undefined
        ? [
            `${name} ${fixed(median(values), 2)} (${fixed(quantile(values, 0.05), 2)} to ${fixed(quantile(values, 0.95), 2)})`,
          ]
        : [`${name} ${fixed(values[0], 2)}`];
    })
    .join(', ');
  const values = all.map((it) => it.fcr);
  return {
    title: 'Feed conversion per stage',
    caption:
      only === undefined
        ? 'Feed given / biomass made (kg/kg), one tick a batch that has left the stage; the dot is the median. Larger fish need more feed per kg.'
        : 'Feed given / biomass made (kg/kg) in the stages that it has left (dot), among all batches (ticks).',
    alt: `FCR: ${text === '' ? 'no stage has been left yet' : text}.`,
    half: true,
    draw: ({ plot, narrow }) => [
      plot({
        height: names.length * 44 + 60,
        marginLeft: narrow ? 80 : 90,
        x: {
          label: 'feed / biomass made (kg/kg)',
          grid: true,
          nice: true,
          domain: [Math.min(0.8, min(values) ?? 0.8), Math.max(1.4, max(values) ?? 1.4)],
        },
        y: { domain: names, label: null },
        marks: [
          Plot.ruleX([1], { stroke: MUTED, strokeDasharray: '6,4' }),
          Plot.tickX(all, {
            x: 'fcr',
            y: 'stage',
            stroke: ACCENT,
            strokeOpacity: only === undefined ? Math.max(0.25, 3 / Math.sqrt(9 + all.length / 5)) : 0.2,
            inset: 7,
          }),
          Plot.dot(rows, Plot.groupY({ x: 'median' }, { x: 'fcr', y: 'stage', r: 5, fill: 'currentColor' })),
        ],
      }),
    ],
  };
}

function stock(model: Model): Figure[] {
  const rows = model.tables.stock.map((it) => ({ ...it, date: toDate(it.on_date) }));
  return [...group(rows, (it) => it.kind)].map(([kind, list]): Figure => {
    const name = list[0]?.feed_container ?? '';
    const capacity = (list[0]?.capacity_kg ?? 0) / 1000;
    const stocks = list.map((it) => it.stock_kg / 1000);
    return {
      title: `Stock of a ${kind}: ${name}`,
      caption:
        kind === 'silo'
          ? 'Evening stock of the busiest silo. Lorries fill it in whole loads; it is emptied when the batch moves on and eats another pellet.'
          : 'Evening stock of the busiest barge. Deliveries come at the reorder level, so it saws up and down and is never empty while there are fish.',
      alt: `Stock from ${fixed(min(stocks), 1)} to ${fixed(max(stocks), 1)} t of a capacity of ${fixed(capacity, 0)} t between ${list[0]?.on_date} and ${list.at(-1)?.on_date}.`,
      half: true,
      draw: ({ plot, time }) => [
        plot({
          height: 240,
          x: time(),
          y: { label: 'stock (t)', grid: true, domain: [0, capacity * 1.08] },
          marks: [
            Plot.areaY(list, {
              x: 'date',
              y: (it) => it.stock_kg / 1000,
              fill: ACCENT,
              fillOpacity: 0.25,
              curve: 'step-after',
            }),
            Plot.lineY(list, {
              x: 'date',
              y: (it) => it.stock_kg / 1000,
              stroke: ACCENT,
              curve: 'step-after',
              tip: true,
            }),
            Plot.ruleY([capacity], { stroke: MUTED, strokeDasharray: '6,4' }),
            Plot.text([capacity], {
              y: (it) => it,
              text: () => 'capacity',
              frameAnchor: 'right',
              dy: -7,
              fill: MUTED,
            }),
          ],
        }),
      ],
    };
  });
}

function ofBatch(model: Model, only: BatchRow): Figure {
  const rows = rowsOf(model.weeks, only).map((it) => ({ ...it, tonnes: it.feedPerDay / 1000 }));
  const peak = rows.reduce(
    (a, b) => (b.tonnes > a.tonnes ? b : a),
    rows[0] ?? { tonnes: 0, date: model.asOf },
  );
  return {
    title: 'Feed per day',
    caption:
      'Means of weeks of age. It grows with the biomass, follows the temperature at sea and stops before transfers and harvest.',
    alt: `The most, ${fixed(peak.tonnes, 1)} t a day, was given in ${month(peak.date)}.`,
    half: true,
    draw: ({ plot, time }) => [
      plot({
        height: 280,
        marginLeft: 46,
        x: time(),
        y: { label: 'feed (t a day)', grid: true },
        marks: [
          Plot.ruleY([0], { stroke: FAINT }),
          Plot.areaY(rows, { x: 'date', y: 'tonnes', fill: ACCENT, fillOpacity: 0.25, curve: 'step' }),
          Plot.lineY(rows, { x: 'date', y: 'tonnes', stroke: ACCENT, curve: 'step', tip: true }),
        ],
      }),
    ],
  };
}
