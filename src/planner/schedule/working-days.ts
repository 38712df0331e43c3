import { isoWeekday, type Work, WorkCalendar } from '../../config/work.ts';
import { formatDay, parseDay } from '../days.ts';
import { lineOf } from './lines.ts';
import type { Schedule, ScheduleBatch } from './schedule.ts';

/** A day on which nobody would have moved fish. */
export interface DayOff {
  batch: string;
  message: string;
  /** Line of the batch, or of its stage, in the file, when it was read from one. */
  line?: number | undefined;
}

const NAMES = ['', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const THURSDAY = 4;

/**
 * The starts and moves of a schedule on other days than Monday to Thursday that its country works on. They break no
 * rule: schedules from before there was a working week have them, and whoever writes one by hand may want them. It
 * shares no code with what gives the days.
 */
export function daysOff({ batches }: Schedule, work: Work): DayOff[] {
  const calendars = new Map<string, WorkCalendar>();
  return batches.flatMap((batch) => {
    const calendar = calendars.get(batch.geography) ?? new WorkCalendar(work, batch.geography);
    calendars.set(batch.geography, calendar);
    const start = parseDay(batch.start_date) ?? 0;
    return begins(batch).flatMap(({ what, day, part }): DayOff[] => {
      const on = start + day;
      const weekday = isoWeekday(on);
      if (weekday <= THURSDAY && calendar.isWorkingDay(on)) return [];
      const why =
        weekday > THURSDAY ? 'which is not Monday to Thursday' : `which is a day off in ${batch.geography}`;
      const line = lineOf(part);
      const message = `${what} on ${NAMES[weekday]}, ${formatDay(on)}, ${why}`;
      return [{ batch: batch.batch_id, message, ...(line === undefined ? {} : { line }) }];
    });
  });
}

function begins(batch: ScheduleBatch): { what: string; day: number; part: object }[] {
  const moves = Object.entries(batch.freshwater).filter(([, stay]) => stay.start_day > 0);
  return [
    { what: 'starts', day: 0, part: batch },
    ...moves.map(([stage, stay]) => ({ what: `moves to ${stage}`, day: stay.start_day, part: stay })),
    { what: 'moves to sea', day: batch.sea.start_day, part: batch.sea },
  ];
}
