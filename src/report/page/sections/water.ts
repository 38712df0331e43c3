import * as Plot from '@observablehq/plot';
import { group, max, mean, min } from 'd3-array';
import type { BatchRow } from '../../data.ts';
import { DAY } from '../../pack.ts';
import { facetNames } from '../curves.ts';
import type { Figure, Section } from '../figure.ts';
import { fixed, month, toDate } from '../format.ts';
import { type Model, rowsOf } from '../model.ts';
import { ACCENT, colours, FAINT, MUTED } from '../palette.ts';

export function water(model: Model, only?: BatchRow): Section {
  return {
    id: 'water',
    title: 'Water',
    parts:
      only === undefined
        ? [areas(model), halls(model), ...week(model, true), ...week(model, false)]
        : [felt(model, only)],
  };
}

function areas(model: Model): Figure {
  const rows = model.tables.temperatures
    .filter((it) => it.sea && it.mean !== null)
    .map((it) => ({ ...it, date: toDate(it.week) }));
  const inTime = [...rows].sort((a, b) => a.date.getTime() - b.date.getTime());
  const values = rows.map((it) => it.mean ?? 0);
  const geographies = model.geographies.filter((it) => rows.some((row) => row.geography === it));
  const places = new Set(rows.map((it) => it.place)).size;
  const means = meansOf(geographies, (it) => rows.filter((row) => row.geography === it));
  return {
    title: 'Temperature of the sea areas',
    caption: `Weekly means of ${places} areas, each while fish were in it; the bold line is their mean. Cold in March, warm in late August, and no two years the same.`,
    alt: `Sea temperature from ${fixed(min(values), 1)} to ${fixed(max(values), 1)} degrees Celsius; mean ${means}.`,
    draw: ({ plot, time }) => [
      plot({
        height: 190 * geographies.length + 40,
        x: time(),
        y: { label: 'temperature (°C)', grid: true },
        fy: { axis: null },
        color: colours(model.geographies),
        marks: [
          Plot.lineY(rows, {
            x: 'date',
            y: 'mean',
            z: gap(rows),
            fy: 'geography',
            stroke: 'geography',
            strokeOpacity: 0.35,
            strokeWidth: 1,
          }),
          Plot.lineY(inTime, {
            ...Plot.groupX({ y: 'mean' }, { x: 'date', y: 'mean', fy: 'geography', stroke: 'geography' }),
            strokeWidth: 2.2,
          }),
          facetNames(geographies),
          Plot.tip(
            rows,
            Plot.pointer({
              x: 'date',
              y: 'mean',
              fy: 'geography',
              title: (it) => `${it.place}, week of ${it.week}\n${fixed(it.mean, 1)} °C`,
            }),
          ),
        ],
      }),
    ],
  };
}

/** Each name with the mean of its rows, for a sentence. */
function meansOf(
  names: readonly string[],
  rowsAt: (name: string) => readonly { mean: number | null }[],
): string {
  return names
    .map(
      (it) =>
        `${it} ${fixed(
          mean(rowsAt(it), (row) => row.mean),
          1,
        )}`,
    )
    .join(', ');
}

/** Which line a row belongs to: a place has a new one after weeks without fish. */
function gap(rows: readonly { place: string; date: Date }[]): string[] {
  const stretch = new Map<string, { at: number; n: number }>();
  return rows.map(({ place, date }) => {
    const before = stretch.get(place);
    const n = before === undefined ? 0 : before.n + (date.getTime() - before.at > 8 * DAY ? 1 : 0);
    stretch.set(place, { at: date.getTime(), n });
    return `${place} ${n}`;
  });
}

function halls(model: Model): Figure {
  const rows = model.tables.temperatures
    .filter((it) => !it.sea && it.mean !== null)
    .map((it) => ({ ...it, date: toDate(it.week), key: `${it.geography} ${it.place}` }));
  const stages = model.stages.map((it) => it.name).filter((it) => rows.some((row) => row.place === it));
  const lines = gap(rows.map((it) => ({ place: it.key, date: it.date })));
  return {
    title: 'Temperature of the halls',
    caption:
      'Weekly means of all halls of a stage; the band reaches from the coldest to the warmest day of a tank. Heated water hardly follows the seasons: nearly flat, with ramps in the first days of fry.',
    alt: `${meansOf(stages, (it) => rows.filter((row) => row.place === it))} degrees Celsius on average.`,
    draw: ({ plot, legend, time }) => [
      legend(colours(model.geographies)),
      plot({
        height: 92 * stages.length + 40,
        x: time(),
        y: { label: 'temperature (°C)', grid: true, ticks: 4, nice: true },
        fy: { axis: null, domain: stages },
        color: colours(model.geographies),
        marks: [
          Plot.areaY(rows, {
            x: 'date',
            y1: 'lowest',
            y2: 'highest',
            z: lines,
            fy: 'place',
            fill: 'geography',
            fillOpacity: 0.18,
          }),
          Plot.lineY(rows, {
            x: 'date',
            y: 'mean',
            z: lines,
            fy: 'place',
            stroke: 'geography',
            strokeWidth: 1.4,
          }),
          facetNames(stages),
        ],
      }),
    ],
  };
}

/** All parameters of one container, each with its own scale. */
function week(model: Model, sea: boolean): Figure[] {
  const rows = model.tables.water
    .filter((it) => it.sea === sea)
    .map((it) => ({ ...it, at: new Date(`${it.read_at.replace(' ', 'T')}Z`) }));
  const first = rows[0];
  if (first === undefined) return [];
  const parameters = [...group(rows, (it) => it.parameter)];
  const text = parameters
    .map(
      ([name, list]) =>
        `${name} ${fixed(
          min(list, (it) => it.value),
          2,
        )} to ${fixed(
          max(list, (it) => it.value),
          2,
        )} ${list[0]?.unit}`,
    )
    .join('; ');
  return [
    {
      title: `A week of ${sea ? 'a ring' : 'a tank'}: ${first.container}`,
      caption: sea
        ? `Every reading of batch ${first.batch}, UTC. Oxygen and pH swing once a day, temperature and salinity drift over days; every series keeps the resolution of its sensor.`
        : `Every reading of batch ${first.batch}, UTC. A recirculating tank swings with the meals of the day: when oxygen falls, CO2 and ammonium rise.`,
      alt: `${rows.length} readings of ${first.container} from ${first.read_at.slice(0, 10)}: ${text}.`,
      draw: ({ plot, width }) => {
        const columns = width > 900 ? 4 : width > 480 ? 2 : 1;
        const each = Math.floor((width - (columns - 1) * 16) / columns);
        return parameters.map(([name, list]) =>
          plot({
            width: each,
            height: 150,
            marginLeft: 46,
            marginRight: 8,
            x: { type: 'utc', label: null, ticks: Math.max(2, Math.floor(each / 90)) },
            y: { label: `${name} (${list[0]?.unit})`, grid: true, ticks: 4, nice: true },
            marks: [
              Plot.lineY(list, {
                x: 'at',
                y: 'value',
                stroke: ACCENT,
                strokeWidth: 1.4,
                tip: true,
              }),
            ],
          }),
        );
      },
    },
  ];
}

/** The temperature that a batch lived in. */
function felt(model: Model, only: BatchRow): Figure {
  const rows = rowsOf(model.weeks, only).filter((it) => it.temperature !== null);
  const sea = rowsOf(model.tables.stays, only).find((it) => it.sea);
  const values = rows.map((it) => it.temperature ?? 0);
  return {
    title: 'Temperature of its water',
    caption: `Weekly means of its containers${sea === undefined ? '' : `; at sea (${sea.place}) from the upright line on, where it follows the seasons`}.`,
    alt: `From ${fixed(min(values), 1)} to ${fixed(max(values), 1)} degrees Celsius between ${month(rows[0]?.date ?? model.asOf)} and ${month(rows.at(-1)?.date ?? model.asOf)}.`,
    draw: ({ plot, time }) => [
      plot({
        height: 240,
        x: time(),
        y: { label: 'temperature (°C)', grid: true, nice: true },
        marks: [
          Plot.ruleY([0], { stroke: FAINT }),
          sea === undefined
            ? null
            : Plot.ruleX([toDate(sea.from_date)], { stroke: MUTED, strokeDasharray: '2,3' }),
          Plot.lineY(rows, { x: 'date', y: 'temperature', stroke: ACCENT, strokeWidth: 2, tip: true }),
        ],
      }),
    ],
  };
}
