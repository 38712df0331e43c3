import * as Plot from '@observablehq/plot';
import { group, sum } from 'd3-array';
import { element, type Figure, type Section, type Table } from '../figure.ts';
import { fixed, measured, seconds, short, whole } from '../format.ts';
import type { Model } from '../model.ts';
import { ACCENT } from '../palette.ts';
import { rowsFigure } from './headline.ts';

export function checks({ data }: Model): Section {
  if (data.checks.length === 0) {
    return {
      id: 'checks',
      title: 'Verification',
      intro: 'This run was not verified: run verify, then report again.',
      parts: [],
    };
  }
  const groups = [...group(data.checks, (it) => it.group)];
  return {
    id: 'checks',
    title: 'Verification',
    intro:
      'What verify measured, and the range that each number must lie in. "n/a": not enough data to judge.',
    parts: groups.map(([name, list]): Table => {
      const failed = list.filter((it) => it.pass === false).length;
      return {
        title: name.replaceAll('_', ' '),
        caption: `${list.filter((it) => it.pass === true).length} passed, ${failed} failed, ${list.filter((it) => it.pass === null).length} without enough data.`,
        head: ['', 'check', 'measured', 'from', 'to', 'what'],
        numbers: [2, 3, 4],
        rows: list.map((it) => [
          verdict(it.pass),
          it.id,
          measured(it.measured),
          bound(it.low),
          bound(it.high),
          it.name,
        ]),
      };
    }),
  };
}

function bound(value: number | null): string {
  return value === null ? '' : measured(value);
}

function verdict(pass: boolean | null): HTMLElement {
  const [name, text] = pass === null ? ['unknown', 'n/a'] : pass ? ['pass', 'pass'] : ['fail', 'FAIL'];
  return element('span', { class: `verdict ${name}` }, [text]);
}

export function making(model: Model): Section {
  return {
    id: 'making',
    title: 'How it was made',
    parts: [timings(model), rowsFigure(model.data.rows, 'Rows per table')],
  };
}

function timings({ data }: Model): Figure {
  const stages = data.stages
    .filter((it) => it.seconds !== null)
    .map((it) => ({ ...it, seconds: it.seconds ?? 0 }));
  const total = sum(stages, (it) => it.seconds);
  return {
    title: 'Time per stage',
    caption: `${seconds(total)} in all, by the clock of the server; rows of simulate are those of the simulated truth.`,
    alt: stages.map((it) => `${it.stage} ${seconds(it.seconds)}, ${whole(it.rows)} rows`).join('; '),
    draw: ({ plot }) => [
      plot({
        height: stages.length * 32 + 50,
        marginLeft: 76,
        marginRight: 190,
        x: { label: 'seconds', grid: true, ticks: 4 },
        y: { label: null, domain: stages.map((it) => it.stage) },
        marks: [
          Plot.barX(stages, { x: 'seconds', y: 'stage', fill: ACCENT }),
          Plot.text(stages, {
            x: 'seconds',
            y: 'stage',
            text: (it) =>
              `${seconds(it.seconds)}${it.rows > 0 ? `, ${short(it.rows)} rows, ${fixed(it.rows / 1000 / Math.max(0.001, it.seconds), 0)} k/s` : ''}`,
            textAnchor: 'start',
            dx: 5,
          }),
          Plot.ruleX([0]),
        ],
      }),
    ],
  };
}
