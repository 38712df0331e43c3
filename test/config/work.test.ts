import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration, WorkCalendar } from '../../src/config/index.ts';
import { easterSunday, isoWeekday } from '../../src/config/work.ts';
import { useDemoFarm } from '../support/checks.ts';

// People and their week: the planner (TypeScript) and the functions (SQL) go by the same days off.

const MS_PER_DAY = 86_400_000;
const day = (date: string) => Date.parse(`${date}T00:00Z`) / MS_PER_DAY;
const date = (count: number) => new Date(count * MS_PER_DAY).toISOString().slice(0, 10);

describe('days off', () => {
  const { work } = loadConfiguration();
  const faroe = new WorkCalendar(work, 'Faroe Islands');
  const scotland = new WorkCalendar(work, 'Scotland');

  it.each([
    ['2000-04-23'],
    ['2008-03-23'],
    ['2011-04-24'],
    ['2024-03-31'],
    ['2025-04-20'],
    ['2038-04-25'],
    ['2285-03-22'],
  ])('%s is an Easter Sunday', (sunday) => {
    expect(date(easterSunday(Number(sunday.slice(0, 4))))).toBe(sunday);
    expect(isoWeekday(day(sunday))).toBe(7);
  });

  it('are weekends, fixed dates, those that move with Easter, and the nth weekday of a month', () => {
    const isOff = (calendar: WorkCalendar) => (it: string) => !calendar.isWorkingDay(day(it));
    const faroese = [
      '2026-11-28',
      '2026-11-29',
      '2024-07-29',
      '2025-04-17',
      '2025-04-18',
      '2025-04-21',
      '2025-05-29',
    ];
    expect(faroese.filter((it) => !isOff(faroe)(it))).toEqual([]);
    const scottish = [
      '2026-01-02',
      '2025-04-18',
      '2025-05-05',
      '2025-05-26',
      '2024-05-27',
      '2025-08-04',
      '2026-11-30',
    ];
    expect(scottish.filter((it) => !isOff(scotland)(it))).toEqual([]);
    const worked = ['2026-11-27', '2025-04-16', '2025-05-12', '2025-05-19', '2024-02-29'];
    expect(worked.filter((it) => isOff(faroe)(it) || isOff(scotland)(it))).toEqual([]);
    for (const year of [1999, 2000, 2023, 2024, 2100]) {
      for (const it of ['12-24', '12-25', '12-26', '01-01']) {
        expect(isOff(faroe)(`${year}-${it}`) && isOff(scotland)(`${year}-${it}`), `${year}-${it}`).toBe(true);
      }
    }
  });

  it('of a place without rules are its weekends', () => {
    const calendar = new WorkCalendar(work, 'Test Geography');
    expect(['2025-12-24', '2025-12-25', '2025-12-26'].every((it) => calendar.isWorkingDay(day(it)))).toBe(
      true,
    );
    expect(calendar.isWorkingDay(day('2025-12-27'))).toBe(false);
  });
});

describe('in the database', () => {
  const farm = useDemoFarm();

  it('are the same', async () => {
    const { work } = loadConfiguration();
    const rows = await farm.query<{ name: string; on_date: string; is_working: boolean }>(`
      select g.name, w.on_date::text, w.is_working
      from aquaseed.work_day w join aquaseed.geography g on g.geography_id = w.geography_id`);
    const calendars = new Map(rows.map((it) => [it.name, new WorkCalendar(work, it.name)]));
    expect([...calendars.keys()].sort()).toEqual(['Faroe Islands', 'Scotland', 'Test Geography']);
    const others = rows.filter(
      (it) => calendars.get(it.name)?.isWorkingDay(day(it.on_date)) !== it.is_working,
    );
    expect(others).toEqual([]);
    expect(rows.filter((it) => !it.is_working).length).toBeGreaterThan(1000);
  });

  it('and Easter is, over three centuries', async () => {
    const rows = await farm.query<{ year: number; sunday: string }>(
      'select y as year, aquaseed.easter_sunday(y)::text as sunday from generate_series(1900, 2200) y',
    );
    expect(rows.filter((it) => date(easterSunday(it.year)) !== it.sunday)).toEqual([]);
  });

  it('are passed over by the next working day', async () => {
    const rows = await farm.query<{ day: string }>(`
      select aquaseed.next_working_day(g.geography_id, d.on_date::date, d.days)::text as day
      from aquaseed.geography g
      cross join (values ('2024-12-20', 0), ('2024-12-21', 0), ('2024-12-24', 0), ('2024-12-20', 1), ('2024-12-21', 4)) d(on_date, days)
      where g.name = 'Faroe Islands' order by d.on_date, d.days`);
    expect(rows.map((it) => it.day)).toEqual([
      '2024-12-20',
      '2024-12-23',
      '2024-12-23',
      '2025-01-03',
      '2024-12-27',
    ]);
  });
});

describe('the people of a country', () => {
  const farm = useDemoFarm();
  let duty: { geography_id: string; person_geography_id: string; week: string; who: number }[] = [];

  beforeAll(async () => {
    duty = await farm.query(`
      select b.geography_id, p.geography_id as person_geography_id, date_trunc('week', (b.start_date + d.day)::timestamp)::text || ' ' || coalesce('hall ' || s.hall_id, 'area ' || s.area_id) as week,
             d.operator_id as who
      from aquaseed.schedule_batch b
      cross join lateral aquaseed._duty(b.batch_no, 42) d
      join aquaseed.schedule_stay s on s.batch_no = b.batch_no and s.life_stage_no = d.life_stage_no
      join aquaseed.person p on p.user_id = d.operator_id`);
  });
  afterAll(() => {
    duty = [];
  });

  it('work there alone, each role at every site of every week', async () => {
    expect(duty.filter((it) => it.geography_id !== it.person_geography_id)).toEqual([]);
    const [missing] = await farm.query(`
      select count(*)::integer as n from aquaseed.schedule_batch b cross join lateral aquaseed._duty(b.batch_no, 42) d
      where d.operator_id is null or d.vet_id is null or d.manager_id is null`);
    expect(missing).toEqual({ n: 0 });
    const [people] = await farm.query(`
      select count(distinct user_id)::integer as people, count(distinct (user_id, geography_id))::integer as posts from aquaseed.person`);
    expect(people).toEqual({ people: 40, posts: 40 });
  });

  it('take turns by the week', () => {
    const weeks = new Map<string, Set<number>>();
    for (const { week, who } of duty) weeks.set(week, (weeks.get(week) ?? new Set()).add(who));
    expect([...weeks.values()].filter((it) => it.size !== 1)).toEqual([]);
    expect(new Set(duty.map((it) => it.who)).size).toBeGreaterThan(10);
  });
});
