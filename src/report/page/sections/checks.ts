import * as Plot from '@observablehq/plot';
import { group, sum } from 'd3-array';
import { element, type Figure, type Section, type Table } from '../figure.ts';
import { fixed, measured, seconds, short, whole, words } from '../format.ts';
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
    parts: [
      within(data.checks),
      ...groups.map(([name, list]): Table => {
        const failed = list.filter((it) => it.pass === false).length;
        return {
          title: words(name),
          caption: `${list.filter((it) => it.pass === true).length} passed, ${failed} failed, ${list.filter((it) => it.pass === null).length} without enough data.`,
          head: ['', 'what', 'measured', 'from', 'to', 'check'],
          numbers: [2, 3, 4],
          long: list.length > 14,
          rows: list.map((it) => [
            verdict(it.pass),
            it.name,
            measured(it.measured),
            bound(it.low),
            bound(it.high),
            it.id,
          ]),
        };
      }),
    ],
  };
}

/** Where each measurement lies between the ends of its range. */
function within(all: Model['data']['checks']): Figure {
  const rows = all.flatMap((it) => {
    const { low, high, measured: value } = it;
    if (low === null || high === null || value === null || high <= low) return [];
    const at = Math.max(-0.1, Math.min(1.1, (value - low) / (high - low)));
    return [{ ...it, at, verdict: it.pass === false ? 'failed' : 'passed', group: words(it.group) }];
  });
  const exact = all.filter((it) => it.low !== null && it.low === it.high);
  const names = [...new Set(rows.map((it) => it.group))];
  return {
    title: 'How near to its limits each measurement is',
    caption: `One mark a check that has a lower and an upper limit (${rows.length}); ${exact.length} more demand one exact number, such as 0 fish lost. Marks near the middle are comfortable.`,
    alt: `${rows.filter((it) => it.verdict === 'passed').length} of ${rows.length} measurements lie between their limits, ${rows.filter((it) => it.at > 0.1 && it.at < 0.9).length} of them not near the ends.`,
    draw: ({ plot, narrow }) => [
      plot({
        height: names.length * 56 + 70,
        marginLeft: narrow ? 84 : 100,
        x: {
          label: 'place between the limits',
          domain: [-0.1, 1.1],
          ticks: [0, 0.5, 1],
          tickFormat: (it: number) => (it === 0 ? 'lowest' : it === 1 ? 'highest' : 'middle'),
        },
        symbol: { domain: ['passed', 'failed'], range: ['circle', 'times'] },
        color: { domain: ['passed', 'failed'], range: [ACCENT, 'var(--bad)'] },
        marks: [
          Plot.ruleX([0, 1], { stroke: 'currentColor', strokeDasharray: '4,3' }),
          Plot.dot(
            rows,
            Plot.dodgeY('middle', {
              x: 'at',
              fy: 'group',
              symbol: 'verdict',
              stroke: 'verdict',
              r: 3.5,
              title: (it) =>
                `${it.id} ${it.name}\n${measured(it.measured)} (${bound(it.low)} to ${bound(it.high)})`,
              tip: true,
            }),
          ),
        ],
        fy: { label: null, domain: names, axis: 'left' },
      }),
    ],
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
