import * as Plot from '@observablehq/plot';
import type { PlanData } from '../data.ts';
import { unpack } from '../pack.ts';
import { element, type Figure, type Section, show, type Table } from './figure.ts';
import { daysBetween, fixed, percent, short, toDate, whole } from './format.ts';
import { ACCENT, BACKGROUND, FAINT } from './palette.ts';
import { readData } from './read.ts';
import { fact, rowsFigure } from './sections/headline.ts';
import { occupancy } from './sections/occupancy.ts';

/** The page of a schedule before a row exists. */

/** The resource that the binding constraint names, else the one that is nearest to full at its peak. */
function tightest(data: PlanData): { geography: string; stage: string; why: string } | undefined {
  const named = data.utilisation.find((it) =>
    data.binding_constraint.includes(`${it.geography}, ${it.resource}`),
  );
  const [first, ...others] = data.utilisation;
  if (first === undefined) return undefined;
  const it = named ?? others.reduce((a, b) => (b.peak_share > a.peak_share ? b : a), first);
  return {
    geography: it.geography,
    stage: it.resource,
    why: named === undefined ? 'nearest to full' : 'binding',
  };
}

function headline(data: PlanData): HTMLElement {
  const years = daysBetween(data.first_start, data.as_of) / 365.25;
  const { estimate } = data;
  return element('header', {}, [
    element('h1', {}, [`The plan: ${data.title}`]),
    element('div', { class: 'facts' }, [
      fact(whole(data.batches), `batches, ${whole(data.batches_per_geography)} per geography`),
      fact(
        data.mode === 'ladder' ? 'a ladder' : `${data.stagger_days} days`,
        data.mode === 'ladder' ? 'of ages' : 'between starts',
      ),
      fact(`${fixed(years, 1)} years`, `${data.first_start} to ${data.as_of}`),
      fact(percent(data.saturation, 1), 'of the sea rings in use at the peak'),
      fact(`${short(estimate.rows)}`, `rows predicted, about ${fixed(estimate.bytes / 1e9, 1)} GB`),
      fact(
        estimate.minutes < 1
          ? `${Math.max(1, Math.round(estimate.minutes * 60))} s`
          : `${fixed(estimate.minutes, 0)} min`,
        'to generate, about',
      ),
    ]),
    element('p', { class: 'note' }, [
      element('strong', {}, ['Binding constraint: ']),
      data.binding_constraint,
      `. ${data.conflicts === 0 ? 'No two batches want the same container.' : `${data.conflicts} conflicts!`}`,
    ]),
    element('p', { class: 'identity' }, [`Seed ${data.seed}. No row exists yet.`]),
  ]);
}

/** Peak and mean of every resource next to each other. */
function peaks(data: PlanData): Figure {
  const binding = tightest(data);
  const rows = data.utilisation.map((it) => ({
    ...it,
    name: `${it.geography}, ${it.resource}`,
    binds: it.geography === binding?.geography && it.resource === binding.stage,
  }));
  return {
    title: 'Peak and mean use of every resource',
    caption: `Bar: peak; dot: mean from the first start to the end of history. The ${binding?.why ?? ''} resource is orange; the nearer a bar is to 100 %, the less room there is for more batches.`,
    alt: rows
      .map((it) => `${it.name}: peak ${percent(it.peak_share)}, mean ${percent(it.mean_share)}`)
      .join('; '),
    draw: ({ plot, narrow }) => [
      plot({
        height: rows.length * (narrow ? 34 : 24) + 50,
        marginLeft: narrow ? 8 : 210,
        marginRight: 70,
        x: { label: 'in use (%)', percent: true, domain: [0, 100], grid: true },
        y: {
          label: null,
          domain: rows.map((it) => it.name),
          padding: narrow ? 0.55 : 0.25,
          ...(narrow ? { axis: null } : {}),
        },
        marks: [
          Plot.ruleX([1], { stroke: FAINT }),
          Plot.barX(rows, { x: 'peak_share', y: 'name', fill: (it) => (it.binds ? 'var(--c2)' : ACCENT) }),
          Plot.dot(rows, { x: 'mean_share', y: 'name', fill: BACKGROUND, stroke: 'currentColor', r: 4 }),
          Plot.text(rows, {
            x: 'peak_share',
            y: 'name',
            text: (it) => `${it.peak} of ${it.capacity}`,
            textAnchor: 'start',
            dx: 5,
          }),
          narrow ? Plot.text(rows, { x: 0, y: 'name', text: 'name', textAnchor: 'start', dy: -14 }) : null,
        ],
      }),
    ],
  };
}

function table(data: PlanData): Table {
  return {
    title: 'Peaks',
    caption: 'The peak is over the whole plan, what is reserved after the end of history included.',
    head: ['geography', 'resource', 'peak', 'of', 'share', 'on', 'mean'],
    numbers: [2, 3, 4, 6],
    rows: data.utilisation.map((it) => [
      it.geography,
      it.resource,
      whole(it.peak),
      whole(it.capacity),
      percent(it.peak_share, 1),
      it.peak_date,
      percent(it.mean_share, 1),
    ]),
  };
}

function start(): void {
  const data = readData<PlanData>();
  const stays = unpack(data.stays);
  const stages = [...new Map(stays.map((it) => [it.life_stage_no, it.stage])).entries()]
    .sort(([a], [b]) => a - b)
    .map(([, name]) => name);
  const binding = tightest(data);
  const places = occupancy({
    stays,
    occupancy: unpack(data.occupancy),
    nameOf: (no) => data.names[no - 1] ?? '',
    stages,
    asOf: toDate(data.as_of),
    planned: true,
    ...(binding === undefined ? {} : { binding }),
  });
  const sections: Section[] = [
    { id: 'use', title: 'How full it is', parts: [peaks(data), table(data)] },
    places,
    {
      id: 'rows',
      title: 'What it would come to',
      parts: [rowsFigure(data.predicted_rows, 'Predicted rows per table')],
    },
  ];
  const body = element('div', { id: 'body' });
  document.querySelector('#page')?.replaceChildren(headline(data), body);
  show(body, sections);
}

start();
