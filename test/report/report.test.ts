import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_DIR } from '../../src/config/index.ts';
import type { ReportData } from '../../src/report/data.ts';
import { unpack } from '../../src/report/pack.ts';
import { findBrowser, openBrowser } from '../support/browser.ts';
import { mustRun, runCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import { demoDatabase, GENERATION_TIMEOUT, scratchDirectory } from '../support/generated.ts';
import { rowsOf, withClient } from '../support/run.ts';

const EVIL = '</script><img src=x onerror=alert(1)>';
const DEMO = path.join(CONFIG_DIR, 'schedules', 'demo.yaml');

let database: TestDatabase;
let directory: string;
let file: string;
let planFile: string;
let html: string;
let written: { file: string; bytes: number; seconds: number };

beforeAll(async () => {
  database = await demoDatabase();
  directory = scratchDirectory();
  file = path.join(directory, 'report.html');
  planFile = path.join(directory, 'plan.html');
  // A name that would run as a script if it were not escaped.
  await withClient(database.url, (client) =>
    client.query('update public.infrastructure_area set name = $1 where id = 1', [EVIL]),
  );
  const { json } = await mustRun(['report', '--database-url', database.url, '--out', file, '--json']);
  written = json() as typeof written;
  html = readFileSync(file, 'utf8');
  await mustRun(['plan', '--from', DEMO, '--dry-run', '--html', planFile]);
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

function dataOf(page: string): unknown {
  return JSON.parse(/id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? 'null');
}

/** One row of numbers. */
async function measure(text: string): Promise<Record<string, number>> {
  const [row] = await rowsOf<Record<string, string>>(database.url, text);
  return Object.fromEntries(Object.entries(row ?? {}).map(([key, value]) => [key, Number(value)]));
}

describe('the numbers of a report', () => {
  it('count fish, deaths and feed as the records do', async () => {
    const batches = await measure(`
      select sum(eggs) as eggs, sum(dead) as dead, sum(harvested) as harvested, sum(harvested_kg) as kg
      from aquaseed.report_batches()`);
    const records = await measure(`
      select (select sum(egg_count_actual) from public.batch_creationaction) as eggs,
             (select sum(count) from public.batch_mortalityevent) as dead,
             (select sum(m.count) from public.batch_mortalityevent m
              join public.batch_batchcontainerassignment a on a.id = m.assignment_id
              where m.event_date is distinct from a.departure_date) as dead_in_states,
             (select sum(unit_count) from public.harvest_harvestlot) as harvested,
             (select sum(live_weight_kg) from public.harvest_harvestlot) as kg,
             (select sum(amount_kg) from public.inventory_feedingevent) as feed`);
    expect(batches).toEqual({
      eggs: records.eggs,
      dead: records.dead,
      harvested: records.harvested,
      kg: expect.closeTo(records.kg ?? 0, 3),
    });
    const others = await measure(`
      select (select sum(deaths) from aquaseed.report_mortality()) as dead,
             (select sum(deaths) from aquaseed.report_weeks()) as dead_by_week,
             (select sum(feed_kg) from aquaseed.report_weeks()) as feed,
             (select sum(fish) from aquaseed.report_harvest()) as harvested,
             (select sum(live_kg) from aquaseed.report_harvest()) as kg`);
    expect(others).toEqual({
      dead: records.dead,
      // An assignment has no daily state on the day it is over.
      dead_by_week: records.dead_in_states,
      // The daily states keep hundredths of a kg.
      feed: expect.closeTo(records.feed ?? 0, -2),
      harvested: records.harvested,
      kg: expect.closeTo(records.kg ?? 0, 3),
    });
  });

  it('have the stock that is left, and never less than nothing', async () => {
    const stock = await measure(`
      select min(stock_kg) as least, max(stock_kg / capacity_kg) as fullest, count(distinct kind) as kinds
      from aquaseed.report_stock()`);
    expect(stock.kinds).toBe(2);
    expect(stock.least).toBeGreaterThanOrEqual(0);
    expect(stock.fullest).toBeLessThanOrEqual(1);
    // The last evening, from deliveries, waste and feed use by themselves.
    const [ends] = await rowsOf<{ wrong: string }>(
      database.url,
      `select count(*) as wrong
       from (
         select distinct on (r.feed_container) c.id, r.stock_kg, 2 * (r.on_date - date '2000-01-01') + 1 as half
         from aquaseed.report_stock() r
         join public.infrastructure_feedcontainer c on c.name = r.feed_container
         order by r.feed_container, r.on_date desc
       ) s
       where abs(1000 * s.stock_kg
         - (select sum(l.grams) from aquaseed.feed_lot l where l.feed_container_id = s.id and l.half <= s.half)
         + (select coalesce(sum(l.wasted_g), 0) from aquaseed.feed_lot l
            where l.feed_container_id = s.id and l.wasted_half <= s.half)
         + (select sum(u.grams) from aquaseed.feed_use u where u.feed_container_id = s.id and u.half <= s.half)) > 1`,
    );
    expect(Number(ends?.wrong)).toBe(0);
  });

  it('show two containers for a week, places without overlap, and projections a week apart', async () => {
    const facts = await measure(`
      select (select count(distinct container) from aquaseed.report_water()) as containers,
             (select max(d) from (select max(read_at)::date - min(read_at)::date as d
                                  from aquaseed.report_water() group by container) x) as days,
             (select count(*) from aquaseed.report_stays() a join aquaseed.report_stays() b
                on a.place = b.place and a.batch_no < b.batch_no and not a.sea
               and a.from_date < b.to_date and b.from_date < a.to_date) as overlaps,
             (select count(*) from aquaseed.report_projections() p join aquaseed.report_batches() b using (batch_no)
              where p.day % 7 <> 6 or p.weight_g <= 0) as wrong`);
    expect(facts).toEqual({ containers: 2, days: 6, overlaps: 0, wrong: 0 });
  });

  it('are in the page, as they came from the database', async () => {
    const data = dataOf(html) as ReportData;
    const batches = unpack(data.tables.batches);
    expect(batches).toHaveLength(12);
    const { dead } = await measure('select sum(count) as dead from public.batch_mortalityevent');
    expect(batches.reduce((sum, it) => sum + it.dead, 0)).toBe(dead);
    const { rows } = await measure('select sum(rows) as rows from aquaseed.generated_rows(1)');
    expect(Object.values(data.rows).reduce((a, b) => a + b, 0)).toBe(rows);
  });
});

describe('the file', () => {
  it('is one small file that lets no request out and no name become markup', () => {
    expect(written).toEqual({ file, bytes: statSync(file).size, seconds: expect.any(Number) });
    expect(written.bytes).toBeLessThan(1_000_000);
    expect(html).toMatch(
      /content="default-src 'none'; script-src 'sha256-[^']+'; style-src 'unsafe-inline'; img-src data:"/,
    );
    expect(html).not.toContain(EVIL);
    expect(html).not.toMatch(/<(?:script|img|iframe)[^>]* src=|<link[^>]*href="(?!data:)/);
  });

  it('is refused where it cannot be written, and without a complete run', async () => {
    mkdirSync(path.join(directory, 'folder'));
    const refused = async (...args: string[]) => {
      const { code, stderr } = await runCli(['report', '--database-url', database.url, ...args]);
      return { code, error: stderr.split('\n')[0] };
    };
    expect(await refused('--out', path.join(directory, 'folder'))).toEqual({
      code: 2,
      error: expect.stringContaining('is a directory'),
    });
    expect(await refused('--out', path.join(directory, 'nowhere', 'x.html'))).toEqual({
      code: 2,
      error: expect.stringContaining('there is no directory'),
    });
    await withClient(database.url, (client) => client.query("update aquaseed.run set state = 'failed'"));
    try {
      expect(await refused('--out', file)).toEqual({
        code: 3,
        error: expect.stringContaining('is not complete: it is failed'),
      });
    } finally {
      await withClient(database.url, (client) => client.query("update aquaseed.run set state = 'done'"));
    }
  });
});

const executable = findBrowser();

describe.skipIf(executable === undefined)('the pages in a browser (Chromium on the PATH)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(executable ?? '');
  });
  afterAll(() => browser.close());

  /** Opens a page and notes what it says and asks for. */
  async function open(url: string, width: number): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (it) => complaints.push(it.text()));
    page.on('pageerror', (it) => complaints.push(it.message));
    page.on('request', (it) => {
      if (!/^(?:file|data):/.test(it.url())) complaints.push(it.url());
    });
    await page.goto(url);
    return { page, complaints };
  }

  /** Titles of the figures that have a plot without marks or without a text alternative. */
  async function emptyFigures(page: Page): Promise<string[]> {
    return (await page.evaluate(`[...document.querySelectorAll('figure')]
      .filter((it) => it.querySelector('.draw'))
      .filter((it) => {
        const plots = [...it.querySelectorAll('svg.plot')];
        return plots.length === 0 || plots.some((plot) =>
          !plot.getAttribute('aria-label') || !plot.getAttribute('aria-description') ||
          !plot.querySelector('[aria-label=line] path, [aria-label=rect] rect, [aria-label=bar] rect, ' +
            '[aria-label=dot] :is(circle, path), [aria-label=area] path, [aria-label=tick] line'));
      })
      .map((it) => it.querySelector('h3').textContent)`)) as string[];
  }

  async function isTooWide(page: Page): Promise<boolean> {
    return (await page.evaluate(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    )) as boolean;
  }

  it.each([1200, 400])('show every plot at %i pixels and complain of nothing', async (width) => {
    for (const name of [file, planFile]) {
      const { page, complaints } = await open(pathToFileURL(name).href, width);
      expect(await page.locator('figure').count()).toBeGreaterThan(5);
      expect(await emptyFigures(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  it('show a batch alone, by the list and by its address, and all of them again', async () => {
    const { page, complaints } = await open(pathToFileURL(file).href, 1200);
    await page.selectOption('#batch', 'FAR-2023-001');
    await page.waitForFunction("document.querySelector('h1').textContent === 'Batch FAR-2023-001'");
    expect(page.url()).toContain('#batch=FAR-2023-001');
    expect(await emptyFigures(page)).toEqual([]);
    expect(await page.locator('#harvest figure').count()).toBe(2);
    await page.selectOption('#batch', '');
    await page.waitForFunction("document.querySelector('h1').textContent.startsWith('What was generated')");
    expect(complaints).toEqual([]);
    await page.close();
    const linked = await open(`${pathToFileURL(file).href}#batch=SCO-2023-001`, 400);
    expect(await linked.page.locator('h1').textContent()).toBe('Batch SCO-2023-001');
    await linked.page.close();
  });
});

if (executable === undefined) {
  console.warn('report: no chromium or google-chrome on the PATH, the pages are not opened in a browser');
}
