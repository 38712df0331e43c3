import { STAGES } from '../src/driver/stages/work.ts';
import { count, fixed, megabytes, table, totalRows, withSpread } from './format.ts';
import type { Entry, Results, Run } from './results.ts';
import { spread, sum } from './spread.ts';
import { targetTable } from './targets.ts';

/** docs/performance.md, from the figures alone: nothing here measures anything. */

const STRETCHES = ['load', ...STAGES, 'vacuum', 'verify'];
/** Stretches of a stage shorter than this are left out of the list of what runs alone. */
const LEAST_SECONDS = 0.05;

/** Entries of one server by number of rows, then workers. */
function ordered(results: Results, server: Entry['server']): Entry[] {
  return results.entries
    .filter((it) => it.server === server)
    .sort((a, b) => totalRows(a) - totalRows(b) || a.workers - b.workers);
}

export function renderResults(results: Results): string {
  const embedded = ordered(results, 'embedded');
  const given = ordered(results, 'given');
  return [
    '# Performance',
    '',
    'Written by `npm run bench` from [performance.json](performance.json); not to be edited. `npm run bench -- --help` says',
    'how to measure again, all or single sizes. Figures are medians of the runs with the least and the most in brackets.',
    '',
    'Each run is the command `generate --json` as a process of its own, into a new database on a server that is running',
    'already, after a checkpoint. `whole` is the time of that process from start to end: with the start of Node, the',
    'installation of the schema and the report. The stages are those that the command prints; `load` is the transaction',
    'that loads configuration, schedule and leaves. Memory is the peak resident size of the Node process (`VmHWM`).',
    '',
    ...machines(results),
    ...(embedded.length > 0 ? serverChapters('The embedded server', embedded) : []),
    ...(given.length > 0 ? serverChapters('Another server (`--database-url`)', given) : []),
    ...planChapter(results),
    ...targetTable(results),
  ].join('\n');
}

function machines(results: Results): string[] {
  const seen = new Map<string, Entry[]>();
  for (const it of results.entries) {
    const key = JSON.stringify([it.server, it.machine, it.versions, it.settings]);
    seen.set(key, [...(seen.get(key) ?? []), it]);
  }
  return [...seen.values()].flatMap((entries) => {
    const [first] = entries;
    if (first === undefined) return [];
    const { machine, versions, settings } = first;
    const names = [...new Set(entries.map((it) => it.size))].join(', ');
    const days = [...new Set(entries.map((it) => it.date))].sort();
    return [
      `- ${first.server === 'embedded' ? 'Embedded' : 'Other'} server, ${names}: ${machine}; aquaseed ${versions.aquaseed}, PostgreSQL ${versions.postgres}, Node ${versions.node}; measured on ${days.join(', ')}; ${Object.entries(
        settings,
      )
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}.`,
      '',
    ];
  });
}

function serverChapters(title: string, entries: readonly Entry[]): string[] {
  const sizes = [...new Set(entries.map((it) => it.size))];
  return [
    `## ${title}`,
    '',
    ...table(
      [
        'size, workers',
        'runs',
        'batches',
        'rows',
        'whole s',
        'rows/s',
        'WAL MB',
        'temp MB',
        'database MB',
        'driver MB',
      ],
      entries.map((it) => [
        `${it.size}, ${it.workers}`,
        String(it.runs.length),
        String(it.batches),
        count(totalRows(it)),
        withSpread(it.runs.map((run) => run.wall)),
        withSpread(
          it.runs.map((run) => totalRows(it) / run.wall),
          count,
        ),
        withSpread(
          it.runs.map((run) => sum(Object.values(run.wal))),
          megabytes,
        ),
        withSpread(
          it.runs.map((run) => sum(Object.values(run.temp))),
          megabytes,
        ),
        megabytes(it.database_bytes),
        memoryOf(it.runs),
      ]),
    ),
    ...entries.filter((it) => it.runs.some((run) => (run.failed_checks ?? 0) > 0)).map(failedChecks),
    ...sizes.flatMap((size) =>
      sizeChapter(
        size,
        entries.filter((it) => it.size === size),
      ),
    ),
  ];
}

function workersOf({ workers }: Pick<Entry, 'workers'>): string {
  return workers === 1 ? '1 worker' : `${workers} workers`;
}

function failedChecks({ size, workers }: Entry): string {
  return `In ${size} with ${workersOf({ workers })} some checks of the data failed.\n`;
}

/** Of the driver, and what the processes that it started add to it. */
function memoryOf(runs: readonly Run[]): string {
  const driver = runs.flatMap((it) => it.driver_bytes ?? []);
  const helpers = Math.max(...runs.map((it) => it.helper_bytes ?? 0));
  if (driver.length === 0) return '-';
  return `${withSpread(driver, megabytes)}${helpers > 0 ? ` + ${megabytes(helpers)}` : ''}`;
}

function sizeChapter(size: string, entries: readonly Entry[]): string[] {
  // The one that was looked at most closely.
  const main =
    entries.find((it) => it.profile !== undefined) ??
    entries.find((it) => it.floor !== undefined) ??
    entries.find((it) => it.workers === 2) ??
    entries[0];
  if (main === undefined) return [];
  return [
    `### ${size}`,
    '',
    ...stageTable(entries),
    ...writtenTable(main),
    ...aloneTable(main),
    ...floorTable(entries),
    ...tableTable(main),
    ...profileTables(main),
  ];
}

function secondsOf(run: Run, stage: string): number {
  if (stage === 'start-up') return run.start_up;
  if (stage === 'report') return Math.max(0, run.wall - run.start_up - sum(Object.values(run.seconds)));
  return run.seconds[stage] ?? 0;
}

/** Seconds of a stage with less than two units in work; all of it where there is one session, none if not known. */
function aloneIn(run: Run, stage: string): number | undefined {
  if (['start-up', 'load', 'report'].includes(stage)) return secondsOf(run, stage);
  const ledger = run.phases.find((it) => it.stage === stage && it.phase === null);
  // Between two units and around them nothing is in work.
  return ledger === undefined ? undefined : ledger.alone + Math.max(0, secondsOf(run, stage) - ledger.window);
}

/** Seconds by stage with so many workers; what of it does not get less with twice the workers. */
function stageTable(entries: readonly Entry[]): string[] {
  const at = (workers: number): Entry | undefined => entries.find((it) => it.workers === workers);
  const [one, two] = [at(1), at(2)];
  const stages = ['start-up', ...STRETCHES, 'report'];
  const compared = one !== undefined && two !== undefined;
  const alone = (of: (run: Run) => number | undefined): string => {
    const seconds = two?.runs.flatMap((run) => of(run) ?? []) ?? [];
    return seconds.length > 0 ? withSpread(seconds) : '-';
  };
  const row = (
    name: string,
    of: (run: Run) => number,
    ofAlone: (run: Run) => number | undefined,
  ): string[] => {
    const seconds = (entry: Entry): number[] => entry.runs.map(of);
    const cells = [name, ...entries.map((it) => withSpread(seconds(it)))];
    if (two !== undefined) cells.push(alone(ofAlone));
    if (!compared) return cells;
    const [first, second] = [spread(seconds(one)).median, spread(seconds(two)).median];
    return [...cells, second > 0 ? (first / second).toFixed(2) : '-', fixed(Math.max(0, 2 * second - first))];
  };
  return [
    'Seconds by stage. `start-up` is Node, the check of the schedule and the schema; `report` what follows the last stage.' +
      (two === undefined
        ? ''
        : ' `alone`: with 2 workers, the time with less than two units in work, from the ledger; vacuum and verify have no units there.') +
      (compared
        ? ' `1 / 2` is the gain of the second worker; `serial` the part that it does not shorten, 2 x (2 workers) - (1 worker): what runs alone, and what two workers lose to each other and to the server.'
        : ''),
    '',
    ...table(
      [
        'stage',
        ...entries.map((it) => workersOf(it)),
        ...(two === undefined ? [] : ['alone']),
        ...(compared ? ['1 / 2', 'serial'] : []),
      ],
      [
        ...stages.map((stage) =>
          row(
            stage,
            (run) => secondsOf(run, stage),
            (run) => aloneIn(run, stage),
          ),
        ),
        row(
          'whole',
          (run) => run.wall,
          (run) => sum(stages.map((stage) => aloneIn(run, stage) ?? 0)),
        ),
      ],
    ),
  ];
}

/** What each stage writes, with one number of workers. */
function writtenTable(entry: Entry): string[] {
  const rows = STRETCHES.map((stage) => {
    const made = entry.stage_rows[stage];
    const of = (which: 'wal' | 'temp'): string =>
      withSpread(
        entry.runs.map((run) => run[which][stage] ?? 0),
        megabytes,
      );
    return [
      stage,
      made === undefined || made === 0 ? '-' : count(made),
      made === undefined || made === 0
        ? '-'
        : withSpread(
            entry.runs.map((run) => made / (run.seconds[stage] ?? 0)),
            count,
          ),
      of('wal'),
      of('temp'),
    ];
  });
  return [
    `With ${workersOf(entry)}: rows that each stage writes (those of aquaseed's own tables too), WAL and temporary files in MB. The schema's WAL is in load.`,
    '',
    ...table(['stage', 'rows', 'rows/s', 'WAL MB', 'temp MB'], rows),
  ];
}

/** From the ledger: when fewer than two units were in work. */
function aloneTable(entry: Entry): string[] {
  const [first] = entry.runs;
  if (first === undefined) return [];
  const rows = first.phases.flatMap((it) => {
    const same = entry.runs.flatMap(
      (run) => run.phases.find((other) => other.stage === it.stage && other.phase === it.phase) ?? [],
    );
    const median = (which: 'window' | 'busy' | 'alone'): number =>
      spread(same.map((other) => other[which])).median;
    if (it.phase !== null && median('window') < LEAST_SECONDS) return [];
    const name = it.phase === null ? `**${it.stage}**` : `${it.stage} ${it.phase}: ${it.task}`;
    return [[name, String(it.units), fixed(median('window')), fixed(median('busy')), fixed(median('alone'))]];
  });
  return [
    `From the ledger, with ${workersOf(entry)}: seconds from the first unit's start to the last one's end, seconds of all units together, and seconds with less than two units in work.`,
    '',
    ...table(['stage and phase', 'units', 'from start to end', 'in units', 'less than two'], rows),
  ];
}

function floorTable(entries: readonly Entry[]): string[] {
  const rows = entries.flatMap(({ workers, floor }) => {
    if (floor === undefined) return [];
    const column = (name: 'emit' | 'copy_before' | 'copy_within' | 'seal' | 'index'): string =>
      withSpread(floor.replays.map((it) => it[name]));
    const ratio = (of: 'emit' | 'seal', to: 'copy_before' | 'copy_within' | 'index'): string =>
      withSpread(floor.replays.map((it) => it[of] / it[to]));
    return [
      [
        String(workers),
        count(floor.rows),
        megabytes(floor.file_bytes),
        column('emit'),
        column('copy_before'),
        ratio('emit', 'copy_before'),
        column('copy_within'),
        ratio('emit', 'copy_within'),
        column('seal'),
        column('index'),
        ratio('seal', 'index'),
      ],
    ];
  });
  if (rows.length === 0) return [];
  return [
    'The floor, measured after each run: all rows of stage emit from binary files by `COPY` into empty tables without keys and indexes, the largest files first. `before`: the tables were made and committed beforehand, as emit finds its leaves. `within`: each is made in the transaction that fills it, which needs no WAL with wal_level minimal. Seal is compared with the indexes of the leaves alone, which is the largest part of it.',
    '',
    ...table(
      [
        'workers',
        'rows',
        'files MB',
        'emit s',
        'COPY before s',
        'emit / before',
        'COPY within s',
        'emit / within',
        'seal s',
        'indexes s',
        'seal / indexes',
      ],
      rows,
    ),
  ];
}

/** Sizes by table; those of less than a hundredth of the bytes together. */
function tableTable(entry: Entry): string[] {
  const all = Object.entries(entry.rows)
    .filter(([, rows]) => rows > 0)
    .map(([name, rows]) => ({ name, rows, ...(entry.bytes[name] ?? { heap: 0, indexes: 0 }) }))
    .sort((a, b) => b.heap + b.indexes - a.heap - a.indexes);
  const total = sum(all.map((it) => it.heap + it.indexes));
  const isLarge = (it: (typeof all)[number]): boolean => it.heap + it.indexes >= total / 100;
  const small = all.filter((it) => !isLarge(it));
  const line = (name: string, of: readonly (typeof all)[number][]): string[] => {
    const rows = sum(of.map((it) => it.rows));
    const [heap, indexes] = [sum(of.map((it) => it.heap)), sum(of.map((it) => it.indexes))];
    const each = (bytes: number): string => (bytes / rows).toFixed(0);
    return [
      name,
      count(rows),
      megabytes(heap),
      megabytes(indexes),
      each(heap),
      each(indexes),
      each(heap + indexes),
    ];
  };
  return [
    'Bytes by table, frozen and with its indexes.',
    '',
    ...table(
      ['table', 'rows', 'heap MB', 'indexes MB', 'heap bytes a row', 'indexes', 'together'],
      [
        ...all.filter(isLarge).map((it) => line(it.name, [it])),
        ...(small.length > 0 ? [line(`${small.length} others`, small)] : []),
        line('all', all),
      ],
    ),
  ];
}

const TOP_FUNCTIONS = 20;

/** Seconds by function of emit beside those of COPY of the same tables, and the functions that take longest. */
function profileTables({ profile, floor, rows, runs, workers }: Entry): string[] {
  if (profile === undefined) return [];
  const copySeconds = (tables: readonly string[]): number[] =>
    (floor?.replays ?? []).map((it) => sum(tables.map((name) => it.tables[name] ?? 0)));
  const writers = profile.functions
    .filter(({ name, tables }) => tables.length > 0 && /emit/.test(name))
    .sort((a, b) => b.total - a.total)
    .flatMap(({ name, tables, total }) => {
      const made = sum(tables.map((it) => rows[it] ?? 0));
      if (made === 0) return [];
      const copied = copySeconds(tables);
      const copy = copied.length > 0 ? spread(copied).median : 0;
      return [
        [
          `${name}: ${tables.join(', ')}`,
          count(made),
          fixed(total),
          total > 0 ? count(made / total) : '-',
          copy > 0 ? fixed(copy) : '-',
          copy > 0 ? (total / copy).toFixed(2) : '-',
        ],
      ];
    });
  const usual = spread(runs.map((run) => run.seconds.emit ?? 0)).median;
  return [
    `One more run with ${workersOf({ workers })} and \`track_functions = all\` (its emit took ${fixed(profile.emit)} s, without the counting ${fixed(usual)} s): seconds of the functions that write the tables, of all workers together, and those of \`COPY\` of the same rows.`,
    '',
    ...table(['function: tables', 'rows', 's', 'rows/s and worker', 'COPY s', 'ratio'], writers),
    `The ${TOP_FUNCTIONS} functions with most time of their own. SQL functions whose text the planner puts into the calling query are not counted by themselves, their time is in the caller's; ${profile.untracked.length} SQL functions have no count at all, among them those of the checks that were not called: ${profile.untracked.join(', ')}.`,
    '',
    ...table(
      ['function', 'calls', 'own s', 'with what it calls s'],
      profile.functions
        .slice(0, TOP_FUNCTIONS)
        .map((it) => [it.name, count(it.calls), fixed(it.self), fixed(it.total)]),
    ),
  ];
}

function planChapter({ plan }: Results): string[] {
  if (plan === undefined) return [];
  const of = (which: 'plan' | 'write' | 'predict' | 'command'): string =>
    withSpread(plan.runs.map((it) => it[which]));
  return [
    '## Planning',
    '',
    `Preset peak-550, ${plan.batches} batches (${plan.machine}, Node ${plan.node}, ${plan.date}), each time in a new process. The command starts Node and reads the configuration too. Larger plans: \`npm run bench:plan\`.`,
    '',
    ...table(
      ['plan and proof s', 'write the file s', 'predict the rows s', 'whole command s', 'peak MB'],
      [
        [
          of('plan'),
          of('write'),
          of('predict'),
          of('command'),
          withSpread(
            plan.runs.flatMap((it) => it.driver_bytes ?? []),
            megabytes,
          ),
        ],
      ],
    ),
  ];
}
