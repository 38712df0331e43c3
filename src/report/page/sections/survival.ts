import * as Plot from '@observablehq/plot';
import { group, median, min, quantile, rollups, sum } from 'd3-array';
import type { BatchRow, ReportTables } from '../../data.ts';
import { band, batchLines, stageMarks } from '../curves.ts';
import { type Figure, onPick, type Section } from '../figure.ts';
import { fixed, listed, month, percent, short, toDate, whole, words } from '../format.ts';
import { type Model, rowsOf } from '../model.ts';
import { BACKGROUND, colours } from '../palette.ts';

export function survival(model: Model, only?: BatchRow): Section {
  return { id: 'survival', title: 'Survival and deaths', parts: [curves(model, only), causes(model, only)] };
}

function curves(model: Model, only: BatchRow | undefined): Figure {
  const all = model.weeks;
  const points = rowsOf(all, only);
  const ends = [...group(all, (it) => it.batch_no).values()]
    .flatMap((it) => it.at(-1) ?? [])
    .filter((it) => it.batch.status === 'COMPLETED')
    .map((it) => it.survival);
  const range = `median ${percent(median(ends), 1)}, 5 to 95 %: ${percent(quantile(ends, 0.05), 1)} to ${percent(quantile(ends, 0.95), 1)}`;
  const now = points.at(-1)?.survival;
  return {
    title: 'Survival by age',
    caption:
      only === undefined
        ? `Share of the eggs received that have not died, one line a batch${ends.length > 0 ? `; of harvested batches ${range}` : ''}. Most deaths are eggs, alevins and fry that learn to feed; after that the lines fall slowly.`
        : 'Share of the eggs received that have not died; grey: the middle 90 % of all batches. Steps are treatments, transfers and incidents.',
    alt:
      only === undefined
        ? `Survival of ${model.batches.length} batches by age${ends.length > 0 ? `; harvested ones: ${range}` : ''}.`
        : `${percent(now, 1)} of the eggs of ${only.batch} have not died.`,
    half: true,
    draw: ({ plot, narrow, legend }) => {
      const least = min(all, (it) => it.survival) ?? 0;
      const node = plot({
        height: 340,
        marginTop: 32,
        marginLeft: 44,
        x: { label: 'age (days)', ticks: narrow ? 5 : 8 },
        y: { label: 'not died (%)', percent: true, grid: true, domain: [Math.floor(least * 20) * 5, 100] },
        color: colours(model.geographies),
        marks: [
          ...stageMarks(model, narrow),
          only === undefined ? null : band(all, 'survival'),
          batchLines(points, 'survival', model, only),
          Plot.tip(
            points,
            Plot.pointer({
              x: 'age',
              y: 'survival',
              title: (it) => `${it.batch.batch}\n${it.age} days: ${percent(it.survival, 1)} not died`,
            }),
          ),
        ],
      });
      return [
        ...(only === undefined ? [legend(colours(model.geographies))] : []),
        onPick<{ batch: BatchRow }>(node, (it) => only === undefined && model.pick(it.batch.batch)),
      ];
    },
  };
}

/** The most frequent cause first. */
function deathsByCause(rows: ReportTables['mortality']): [cause: string, deaths: number][] {
  return rollups(
    rows,
    (it) => sum(it, (row) => row.deaths),
    (it) => it.cause,
  ).sort(([, a], [, b]) => b - a);
}

function causes(model: Model, only: BatchRow | undefined): Figure {
  const rows = rowsOf(model.tables.mortality, only);
  const total = sum(rows, (it) => it.deaths);
  const byCause = deathsByCause(rows);
  const names = deathsByCause(model.tables.mortality).map(([cause]) => words(cause));
  const months = rollups(
    rows,
    (it) => sum(it, (row) => row.deaths),
    (it) => it.month,
    (it) => it.cause,
  ).flatMap(([at, list]) =>
    list.map(([cause, deaths]) => ({ month: toDate(at), cause: words(cause), deaths })),
  );
  const shares = listed(byCause.map(([cause, deaths]) => `${words(cause)} ${percent(deaths / total)}`));
  const first = months[0]?.month ?? model.asOf;
  return {
    title: 'Deaths by cause',
    caption:
      only === undefined
        ? 'Deaths per month, by recorded cause. Most are eggs and alevins: a column is high when batches have just arrived.'
        : 'Deaths per month, by recorded cause. Most are eggs and alevins; later months show what happened to the fish.',
    alt: `${whole(total)} deaths from ${month(first)} to ${month(model.asOf)}: ${shares}.`,
    half: true,
    draw: ({ plot, legend, time }) => [
      legend(colours(names)),
      plot({
        height: 320,
        marginLeft: 52,
        x: time(),
        y: { label: 'deaths a month (thousand)', grid: true, transform: (it) => it / 1000 },
        color: colours(names),
        marks: [
          Plot.rectY(months, {
            x: 'month',
            y: 'deaths',
            interval: 'month',
            fill: 'cause',
            order: names,
            stroke: BACKGROUND,
            strokeWidth: months.length > 400 ? 0 : 0.5,
            inset: 0,
            tip: { format: { x: (it) => month(it), y: (it) => `${fixed(it, 1)} thousand` } },
          }),
        ],
      }),
      ...(total === 0 ? [`No deaths yet of ${short(model.batches.length)} batches.`] : []),
    ],
  };
}
