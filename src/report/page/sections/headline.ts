import * as Plot from '@observablehq/plot';
import { sum } from 'd3-array';
import type { BatchRow } from '../../data.ts';
import type { Figure } from '../figure.ts';
import { element } from '../figure.ts';
import { daysBetween, fixed, percent, seconds, short, whole } from '../format.ts';
import type { Model } from '../model.ts';
import { ACCENT } from '../palette.ts';

/** A number with what it counts. */
export function fact(value: string, label: string): HTMLElement {
  return element('div', { class: 'fact' }, [element('strong', {}, [value]), element('span', {}, [label])]);
}

/** The figures that come first: what this database is. */
export function headline({ data, batches }: Model): HTMLElement {
  const { run, stages, checks, rows } = data;
  const active = batches.filter((it) => it.status === 'ACTIVE').length;
  const first = batches.map((it) => it.start_date).sort()[0] ?? run.as_of;
  const years = daysBetween(first, run.as_of) / 365.25;
  const passed = checks.filter((it) => it.pass === true).length;
  const failed = checks.filter((it) => it.pass === false).length;
  const took = sum(stages, (it) => it.seconds ?? 0);
  return element('header', {}, [
    element('h1', {}, [`What was generated: ${run.schedule_name}`]),
    element('div', { class: 'facts' }, [
      fact(whole(batches.length), `batches: ${active} alive, ${batches.length - active} harvested`),
      fact(short(sum(Object.values(rows))), `rows in ${Object.keys(rows).length} tables`),
      fact(`${fixed(years, 1)} years`, `${first} to ${run.as_of}`),
      fact(
        checks.length === 0 ? 'not verified' : `${passed} of ${passed + failed}`,
        checks.length === 0 ? 'run verify to see the checks' : `checks passed, ${failed} failed`,
      ),
      fact(seconds(took), 'to generate'),
    ]),
    element('p', { class: 'identity' }, [
      `Run ${run.run_id}, seed ${run.seed}, aquaseed ${run.tool_version}`,
      run.profiles.length > 0 ? `, profiles ${run.profiles.join(', ')}` : '',
      '. Schedule ',
      digest(run.schedule_digest),
      ', configuration ',
      digest(run.config_digest),
      '. The same seed, schedule and configuration give the same rows.',
    ]),
  ]);
}

/** The first figures of a digest, the whole of it under the pointer. */
function digest(text: string): HTMLElement {
  return element('code', { title: text }, [text.slice(0, 12)]);
}

/** One batch alone: what became of it. */
export function batchHeadline(batch: BatchRow): HTMLElement {
  const isOver = batch.harvested > 0;
  return element('div', { class: 'facts' }, [
    fact(batch.status === 'ACTIVE' ? 'alive' : 'harvested', `${batch.geography}, ${batch.stage}`),
    fact(batch.start_date, `eggs arrived${batch.end_date === null ? '' : `, over on ${batch.end_date}`}`),
    fact(short(batch.eggs), 'eggs received'),
    fact(percent(1 - batch.dead / batch.eggs, 1), `have not died; ${short(batch.dead)} dead`),
    isOver
      ? fact(short(batch.harvested), `harvested, ${whole(batch.harvested_kg / 1000)} t`)
      : fact(short(batch.alive), 'alive now'),
    fact(
      batch.weight_g === null
        ? '-'
        : batch.weight_g < 1000
          ? `${fixed(batch.weight_g, 1)} g`
          : `${fixed(batch.weight_g / 1000, 2)} kg`,
      isOver ? 'mean live weight at harvest' : 'mean weight now',
    ),
  ]);
}

/** Rows of every table, or those that are predicted. */
export function rowsFigure(rows: Readonly<Record<string, number>>, title: string): Figure {
  const tables = Object.entries(rows)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => ({ table, count }))
    .sort((a, b) => b.count - a.count);
  const total = sum(tables, (it) => it.count);
  const [largest, second] = tables;
  const powers = [1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8].filter((it) => it <= (largest?.count ?? 10));
  return {
    title,
    caption: `${whole(total)} rows; the scale is logarithmic, each line is ten times the one before.`,
    alt: `${tables.length} tables with ${whole(total)} rows. The largest: ${largest?.table} with ${whole(largest?.count ?? 0)}, then ${second?.table} with ${whole(second?.count ?? 0)}.`,
    draw: ({ plot, narrow }) => [
      plot({
        marginLeft: narrow ? 8 : 250,
        marginRight: 72,
        height: tables.length * (narrow ? 30 : 17) + 50,
        x: {
          type: 'log',
          label: 'rows',
          domain: [1, Math.max(10, largest?.count ?? 10)],
          ticks: powers,
          tickFormat: '~s',
          grid: true,
        },
        y: { label: null, padding: narrow ? 0.55 : 0.2, ...(narrow ? { axis: null } : {}) },
        marks: [
          Plot.barX(tables, { x1: 1, x2: 'count', y: 'table', fill: ACCENT, sort: { y: '-x2' } }),
          Plot.text(tables, {
            x: 'count',
            y: 'table',
            text: (it) => whole(it.count),
            textAnchor: 'start',
            dx: 4,
          }),
          narrow
            ? Plot.text(tables, { x: 1, y: 'table', text: 'table', textAnchor: 'start', dy: -12 })
            : null,
        ],
      }),
    ],
  };
}
