import * as Plot from '@observablehq/plot';
import { group, max, mean } from 'd3-array';
import type { BatchRow, OccupancyRow, StayRow } from '../../data.ts';
import { type Figure, onPick, type Section } from '../figure.ts';
import { percent, toDate, whole } from '../format.ts';
import { type Model, rowsOf } from '../model.ts';
import { ACCENT, BACKGROUND, COLOURS, colours, FAINT, MUTED } from '../palette.ts';

/** What the charts of places need: of a database or of a plan. */
export interface Places {
  stays: readonly StayRow[];
  occupancy: readonly OccupancyRow[];
  nameOf: (batchNo: number) => string;
  stages: readonly string[];
  asOf: Date;
  /** Planned stays reach beyond the end of history. */
  planned: boolean;
  pick?: (batch: string) => void;
  /** Name of the resource that is nearest to full, as in the plots. */
  binding?: { geography: string; stage: string; why: string };
}

export function placesOf(model: Model): Places {
  return {
    stays: model.tables.stays,
    occupancy: model.tables.occupancy,
    nameOf: (no) => model.byNo.get(no)?.batch ?? '',
    stages: model.stages.map((it) => it.name),
    asOf: model.asOf,
    planned: false,
    pick: model.pick,
  };
}

export function occupancy(places: Places): Section {
  const geographies = [...new Set(places.stays.map((it) => it.geography))].sort();
  return {
    id: 'occupancy',
    title: places.planned ? 'Who is to be where' : 'Who was where',
    intro: places.planned
      ? 'Every hall and sea area that the plan uses, with the batch that reserves it.'
      : 'Every hall and sea area that held fish, with the batch that was in it.',
    parts: [utilisation(places), ...geographies.map((it) => schedule(places, it))],
  };
}

/** Moves of one batch. */
export function moves(model: Model, only: BatchRow): Section {
  const places = placesOf(model);
  const stays = rowsOf(places.stays, only);
  return {
    id: 'occupancy',
    title: 'Where it was',
    parts: [
      {
        title: 'Halls and area',
        caption: 'One bar a place, with the number of its containers that the batch was in.',
        alt: stays.map((it) => `${it.stage}: ${it.place} from ${it.from_date} to ${it.to_date}`).join('; '),
        draw: ({ plot, narrow, time }) => [
          plot({
            height: stays.length * 30 + 50,
            marginLeft: narrow ? 104 : 130,
            marginRight: 118,
            x: time(),
            y: { label: null, domain: [...new Set(stays.map((it) => it.place))] },
            color: colours(places.stages),
            marks: [
              Plot.barX(stays, {
                x1: (it) => toDate(it.from_date),
                x2: (it) => toDate(it.to_date),
                y: 'place',
                fill: 'stage',
              }),
              Plot.text(stays, {
                x: (it) => toDate(it.to_date),
                y: 'place',
                text: (it) => `${it.stage}, ${it.containers} of ${it.capacity}`,
                textAnchor: 'start',
                dx: 4,
                fill: 'currentColor',
              }),
            ],
          }),
        ],
      },
    ],
  };
}

interface Lane extends StayRow {
  lane: string;
  from: Date;
  to: Date;
  name: string;
}

/** Stays of a place that overlap go below each other: the first lane that is free takes the next stay. */
function lanes(stays: readonly StayRow[], nameOf: (no: number) => string): Lane[] {
  return [...group(stays, (it) => it.place)].flatMap(([place, list]) => {
    const free: string[] = [];
    return [...list]
      .sort((a, b) => a.from_date.localeCompare(b.from_date) || a.batch_no - b.batch_no)
      .map((it): Lane => {
        const found = free.findIndex((until) => until <= it.from_date);
        const index = found === -1 ? free.length : found;
        free[index] = it.to_date;
        return {
          ...it,
          lane: `${place} ${index}`,
          from: toDate(it.from_date),
          to: toDate(it.to_date),
          name: nameOf(it.batch_no),
        };
      });
  });
}

function schedule(places: Places, geography: string): Figure {
  const here = places.stays.filter((it) => it.geography === geography);
  const rows = lanes(here, places.nameOf);
  const order = new Map(places.stages.map((it, index) => [it, index]));
  const sorted = [...rows].sort(
    (a, b) =>
      (order.get(a.stage) ?? 0) - (order.get(b.stage) ?? 0) ||
      a.place.localeCompare(b.place) ||
      a.lane.localeCompare(b.lane, 'en', { numeric: true }),
  );
  const domain = [...new Set(sorted.map((it) => it.lane))];
  const firsts = new Map<string, string>();
  for (const it of sorted) if (!firsts.has(it.place)) firsts.set(it.place, it.lane);
  const labels = new Map([...firsts].map(([place, lane]) => [lane, place]));
  const used = new Set(here.map((it) => it.place)).size;
  const batches = new Set(here.map((it) => it.batch_no)).size;
  return {
    title: `${geography}: ${used} places`,
    caption: `One bar a stay, coloured by stage; thin gaps part the batches. ${places.planned ? `Bars beyond the upright line are reserved after the end of history.` : 'Bars of one hall never overlap; areas hold several batches at a time, each in rings of its own, below each other.'}`,
    alt: `${batches} batches in ${used} halls and areas of ${geography}, ${rows.length} stays.`,
    draw: ({ plot, legend, narrow, time }) => {
      const node = plot({
        height: domain.length * (narrow ? 9 : 11) + 60,
        marginLeft: narrow ? 96 : 130,
        marginTop: 26,
        marginBottom: 30,
        x: { ...time(), grid: true },
        y: {
          label: null,
          domain,
          padding: 0.12,
          tickSize: 0,
          tickFormat: (it: string) => labels.get(it) ?? '',
        },
        color: colours(places.stages),
        style: { fontSize: narrow ? '8px' : '9px' },
        marks: [
          Plot.axisX({ anchor: 'top', ticks: narrow ? 3 : 8, label: null }),
          Plot.axisX({ anchor: 'bottom', ticks: narrow ? 3 : 8, label: null }),
          Plot.barX(sorted, {
            x1: 'from',
            x2: 'to',
            y: 'lane',
            fill: 'stage',
            stroke: BACKGROUND,
            strokeWidth: 1,
          }),
          places.planned ? Plot.ruleX([places.asOf], { stroke: 'currentColor' }) : null,
          Plot.tip(
            sorted,
            Plot.pointer({
              x: (it: Lane) => new Date((it.from.getTime() + it.to.getTime()) / 2),
              y: 'lane',
              title: (it: Lane) =>
                `${it.name}, ${it.stage}\n${it.place}: ${it.containers} of ${it.capacity}\n${it.from_date} to ${it.to_date}`,
            }),
          ),
        ],
      });
      const shown = places.stages.filter((it) => here.some((row) => row.stage === it));
      const { pick } = places;
      return [
        legend({
          ...colours(places.stages),
          domain: shown,
          range: shown.map((it) => COLOURS[order.get(it) ?? 0] ?? MUTED),
        }),
        pick === undefined ? node : onPick<Lane>(node, (it) => pick(it.name)),
      ];
    },
  };
}

/** One small plot a resource: halls of a stage or rings of a geography, in use out of all there are. */
function utilisation(places: Places): Figure {
  const rows = places.occupancy.map((it) => ({
    ...it,
    date: toDate(it.week),
    share: it.used / it.capacity,
    plan: it.planned / it.capacity,
  }));
  const resources = [...group(rows, (it) => `${it.geography}, ${it.stage}`)];
  const facts = resources.map(([name, list]) => {
    const peak = max(list, (it) => it.share) ?? 0;
    return {
      name,
      peak,
      mean:
        mean(
          list.filter((it) => it.date < places.asOf),
          (it) => it.share,
        ) ?? 0,
    };
  });
  return {
    title: 'Utilisation',
    caption: places.planned
      ? 'Share of the halls and rings in use, means of weeks; the upright line is the end of history. Orange: the resource that binds the plan.'
      : 'Share of the halls and rings in use, means of weeks; dashed: planned. Rings are recorded below the plan since harvests come earlier than the rings are reserved for.',
    alt: facts
      .map((it) => `${it.name}: highest week ${percent(it.peak)}, mean ${percent(it.mean)}`)
      .join('; '),
    draw: ({ plot, width }) => {
      const columns = width > 1000 ? 4 : width > 700 ? 3 : width > 480 ? 2 : 1;
      const each = Math.floor((width - (columns - 1) * 16) / columns);
      return resources.map(([name, list], index) => {
        const first = list[0];
        const binds =
          first?.geography === places.binding?.geography && first?.stage === places.binding?.stage;
        const colour = binds ? 'var(--c2)' : ACCENT;
        return plot({
          width: each,
          height: 148,
          marginLeft: 36,
          marginTop: 38,
          marginRight: 8,
          x: { type: 'utc', label: null, ticks: Math.max(2, Math.floor(each / 90)) },
          y: { label: null, percent: true, domain: [0, 100], ticks: 3, grid: true },
          marks: [
            Plot.areaY(list, { x: 'date', y: 'share', fill: colour, fillOpacity: 0.3, curve: 'step-after' }),
            Plot.lineY(list, { x: 'date', y: 'share', stroke: colour, curve: 'step-after', tip: true }),
            places.planned
              ? Plot.ruleX([places.asOf], { stroke: MUTED })
              : Plot.lineY(list, {
                  x: 'date',
                  y: 'plan',
                  stroke: 'currentColor',
                  strokeWidth: 0.8,
                  strokeDasharray: '3,3',
                  curve: 'step-after',
                }),
            Plot.ruleY([0, 1], { stroke: FAINT }),
            Plot.text([`${name}${binds ? ` (${places.binding?.why})` : ''}`], {
              text: (it) => it,
              frameAnchor: 'top-left',
              dy: -36,
              dx: -34,
              fontWeight: 'bold',
            }),
            Plot.text(
              [
                places.planned
                  ? `${whole(first?.capacity ?? 0)} ${first?.unit ?? ''}`
                  : `highest week ${percent(facts[index]?.peak)}, mean ${percent(facts[index]?.mean)} of ${whole(first?.capacity ?? 0)} ${first?.unit ?? ''}`,
              ],
              { text: (it) => it, frameAnchor: 'top-left', dy: -22, dx: -34, fill: MUTED },
            ),
          ],
        });
      });
    },
  };
}
