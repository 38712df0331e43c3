import type { DailyUse, Timeline } from '../allocate/measure.ts';
import { formatDay, parseDay } from '../days.ts';

const WIDTH = 60;
/** Eighths of full; a blank is nothing at all. */
const LEVELS = ' ▁▂▃▄▅▆▇█';

/** One line for each resource: its highest use in each stretch of time, as eighths of what there is. */
export function chart(timeline: Timeline): string[] {
  const { resources } = timeline;
  const days = resources[0]?.used.length ?? 0;
  if (days === 0) return [];
  const width = Math.min(WIDTH, days);
  const labels = resources.map((it) => `${it.geography}, ${it.resource}`);
  const margin = Math.max(...labels.map((it) => it.length));
  const lines = resources.map((it, index) => {
    const label = (labels[index] ?? '').padEnd(margin);
    const peak = Math.max(0, ...it.used);
    return `${label} |${bars(it, width)}| ${((peak / it.capacity) * 100).toFixed(0).padStart(3)} %`;
  });
  const first = parseDay(timeline.first_day) ?? 0;
  const end = (parseDay(timeline.as_of) ?? 0) - first;
  const mark = Math.min(width - 1, Math.floor((end * width) / days));
  const axis = [...'-'.repeat(width)].map((it, column) => (column === mark ? '^' : it)).join('');
  const dates = `${timeline.first_day}${formatDay(first + days).padStart(Math.max(11, width - 8))}`;
  return [
    ...lines,
    `${' '.repeat(margin)} |${axis}|`,
    `${' '.repeat(margin + 2)}${dates}`,
    `${' '.repeat(margin + 2)}^ ${timeline.as_of}, the end of history; what follows is reserved`,
  ];
}

function bars({ used, capacity }: DailyUse, width: number): string {
  const columns = Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * used.length) / width);
    const to = Math.floor(((column + 1) * used.length) / width);
    const peak = used.slice(from, to).reduce((a, b) => Math.max(a, b), 0);
    if (peak === 0) return LEVELS[0];
    return LEVELS[Math.max(1, Math.min(8, Math.round((peak / capacity) * 8)))];
  });
  return columns.join('');
}
