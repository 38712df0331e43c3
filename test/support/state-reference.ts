import type pg from 'pg';

/**
 * Growth assimilation as one would do it by hand: day after day, assignment after assignment, from the recorded
 * events. Slow and plain on purpose; the SQL must agree to the last stored digit. Where a stored number comes from
 * decimals the arithmetic is exact (bigint); weights are doubles, rounded to a millionth of a gram.
 */

/** A row of batch_actualdailyassignmentstate as text; jsonb with sorted keys. */
export type StateRow = Record<string, string | null>;

const DAY = 86_400_000;

/** Rows of the table for a batch, as the reference writes them. */
export async function storedStates(client: pg.Client, batch: number): Promise<StateRow[]> {
  const { rows } = await client.query<StateRow & { sources: string; confidence_scores: string }>(
    `select id::text, date::text, day_number::text, avg_weight_g::text, population::text, biomass_kg::text,
            temp_c::text, mortality_count::text, feed_kg::text, observed_fcr::text, anchor_type,
            sources::text, confidence_scores::text,
            to_char(last_computed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_computed_at,
            assignment_id::text, batch_id::text, container_id::text, lifecycle_stage_id::text, planned_activity_id::text
     from batch_actualdailyassignmentstate where batch_id = $1 order by id`,
    [batch],
  );
  return rows.map((row) => ({
    ...row,
    sources: sortedJson(JSON.parse(row.sources)),
    confidence_scores: sortedJson(JSON.parse(row.confidence_scores)),
  }));
}

type Anchor = 'growth_sample' | 'transfer' | 'vaccination';

interface Arrival {
  fish: number;
  /** Millionths of a gram; null when nobody weighed the fish. */
  weight: bigint | null;
  isMeasured: boolean;
  source: string | null;
}

interface Assignment {
  id: string;
  container: string;
  stage: string;
  /** Batch days, the second one after the last. */
  first: number;
  until: number;
  tgc: number;
  eggWeight: bigint | null;
  leastWeight: number;
  /** Batch days of yolk uptake and cube-root growth on each. */
  yolk: { from: number; until: number; perDay: number };
  arrivals: Map<number, Arrival[]>;
  gone: Map<number, number>;
  dead: Map<number, number>;
  /** Hundredths of a gram. */
  samples: Map<number, bigint>;
  movedOut: Map<number, { fish: number; weight: bigint; selection: string }[]>;
  /** Millionths of a gram. */
  treatments: Map<number, bigint>;
  /** Sum of the values in ten-thousandths, and their number. */
  readings: Map<number, { sum: bigint; n: bigint }>;
  /** Ten-thousandths of a kg. */
  feed: Map<number, bigint>;
  // What changes from day to day.
  net: number;
  fish: number;
  anchorWeight: number;
  heat: number;
  yolkDays: number;
  /** Weight at the end of each day so far. */
  weights: Map<number, number>;
  biomass: bigint | null;
}

interface Settings {
  confidence: Record<string, number>;
  selection: Record<string, bigint>;
  leastGain: bigint;
  mostFcr: bigint;
}

/** The states of a batch, computed from its events. */
export async function referenceStates(client: pg.Client, batch: number): Promise<StateRow[]> {
  const many = async (text: string): Promise<Record<string, string | null>[]> =>
    (await client.query<Record<string, string | null>>(text, [batch])).rows;

  const [start] = await many(`select start_date::text as day from batch_batch where id = $1`);
  const [end] = (await client.query<{ day: string }>('select as_of::text as day from aquaseed.run')).rows;
  const startTime = Date.parse(start?.day ?? '');
  const dayOf = (date: string | null): number => (Date.parse(date ?? '') - startTime) / DAY;
  const asOf = dayOf(end?.day ?? null);

  const settings = await readSettings(client);
  const profile = await readProfile(client, batch);
  const assignments = new Map<string, Assignment>();
  for (const row of await many(`
    select a.id::text, a.container_id::text as container, a.lifecycle_stage_id::text as stage, l.name,
           a.assignment_date::text as first, a.departure_date::text as departure,
           coalesce(l.expected_weight_min_g, 0)::text as least,
           t.weight_at_start_g::text as egg, t.yolk_from_day::text as yolk_from, t.yolk_weight_g::text as yolk_weight,
           (coalesce(n.start_day, s.end_day) - s.start_day)::text as stage_days
    from batch_batchcontainerassignment a
    join batch_lifecyclestage l on l.id = a.lifecycle_stage_id
    left join aquaseed.life_stage t on t.stage_id = l.id
    left join aquaseed.schedule_stay s on s.batch_no = a.batch_id and s.life_stage_no = t.life_stage_no
    left join aquaseed.schedule_stay n on n.batch_no = s.batch_no and n.life_stage_no = s.life_stage_no + 1
    where a.batch_id = $1 order by a.id`)) {
    const first = dayOf(row.first ?? null);
    const until = row.departure == null ? asOf : Math.min(asOf, dayOf(row.departure));
    assignments.set(row.id ?? '', {
      ...{ id: row.id ?? '', container: row.container ?? '', stage: row.stage ?? '', first, until },
      ...{ tgc: profile.tgc.get(row.name ?? '') ?? profile.defaultTgc, leastWeight: Number(row.least) },
      eggWeight: row.egg == null ? null : micro(row.egg),
      yolk:
        row.yolk_weight == null || row.egg == null
          ? { from: 0, until: 0, perDay: 0 }
          : {
              from: Number(row.yolk_from),
              until: Number(row.stage_days),
              perDay:
                (Math.cbrt(Number(row.yolk_weight)) - Math.cbrt(Number(row.egg))) /
                (Number(row.stage_days) - Number(row.yolk_from)),
            },
      ...{ arrivals: new Map(), gone: new Map(), dead: new Map(), samples: new Map(), movedOut: new Map() },
      ...{ treatments: new Map(), readings: new Map(), feed: new Map(), weights: new Map() },
      ...{ net: 0, fish: 0, anchorWeight: 0, heat: 0, yolkDays: 0, biomass: null },
    });
  }
  // Yolk days count from the day on which the first assignment of the stage began.
  for (const it of assignments.values()) {
    if (it.yolk.until === 0) continue;
    const stageDay = Math.min(
      ...[...assignments.values()].filter((other) => other.stage === it.stage).map((other) => other.first),
    );
    it.yolk = { ...it.yolk, from: it.yolk.from + stageDay, until: it.yolk.until + stageDay };
  }

  /** The assignment and the day of an event; what was recorded before an assignment began counts on its first day. */
  const place = (id: string | null | undefined, date: string | null | undefined) => {
    const assignment = assignments.get(id ?? '');
    if (assignment === undefined || date == null) return undefined;
    return { assignment, day: dayOf(date), counted: Math.max(assignment.first, dayOf(date)) };
  };

  for (const row of await many(`
    select c.dest_assignment_id::text as id, c.actual_delivery_date::text as date, c.egg_count_actual::text as fish
    from batch_creationaction c join batch_creationworkflow w on w.id = c.workflow_id
    where w.batch_id = $1 and c.status = 'COMPLETED' and c.egg_count_actual > 0 order by c.id`)) {
    const at = place(row.id, row.date);
    if (at === undefined) continue;
    push(at.assignment.arrivals, at.counted, {
      ...{ fish: Number(row.fish), weight: at.assignment.eggWeight, isMeasured: false, source: null },
    });
  }
  for (const row of await many(`
    select t.source_assignment_id::text as source, t.dest_assignment_id::text as dest,
           t.actual_execution_date::text as date, t.transferred_count::text as fish,
           t.mortality_during_transfer::text as lost, t.measured_avg_weight_g::text as weight,
           t.selection_method as selection
    from batch_transferaction t join batch_batchtransferworkflow w on w.id = t.workflow_id
    where w.batch_id = $1 and t.status = 'COMPLETED' order by t.id`)) {
    const fish = Number(row.fish);
    const to = place(row.dest, row.date);
    if (to !== undefined && fish > 0) {
      const weight = row.weight == null ? null : micro(row.weight);
      const isMeasured = weight !== null;
      push(to.assignment.arrivals, to.counted, { fish, weight, isMeasured, source: row.source ?? null });
    }
    const from = place(row.source, row.date);
    if (from === undefined) continue;
    add(from.assignment.gone, from.counted, fish + Number(row.lost));
    if (row.weight != null && fish > 0) {
      const [weight, selection] = [cents(row.weight), row.selection ?? ''];
      push(from.assignment.movedOut, from.day, { fish, weight, selection });
    }
  }
  for (const row of await many(`
    select e.assignment_id::text as id, (e.event_date at time zone 'UTC')::date::text as date, l.unit_count::text as fish
    from harvest_harvestevent e join harvest_harvestlot l on l.event_id = e.id where e.batch_id = $1`)) {
    const at = place(row.id, row.date);
    if (at !== undefined) add(at.assignment.gone, at.counted, Number(row.fish));
  }
  for (const row of await many(`
    select assignment_id::text as id, event_date::text as date, count::text as fish
    from batch_mortalityevent where batch_id = $1`)) {
    const at = place(row.id, row.date);
    if (at !== undefined) add(at.assignment.dead, at.counted, Number(row.fish));
  }
  for (const row of await many(`
    select s.assignment_id::text as id, s.sample_date::text as date, s.avg_weight_g::text as weight
    from batch_growthsample s join batch_batchcontainerassignment a on a.id = s.assignment_id
    where a.batch_id = $1 order by s.id`)) {
    const at = place(row.id, row.date);
    if (at !== undefined && Number(row.weight) > 0)
      at.assignment.samples.set(at.day, cents(row.weight ?? ''));
  }
  for (const row of await many(`
    select t.batch_assignment_id::text as id, (t.treatment_date at time zone 'UTC')::date::text as date,
           e.avg_weight_g::text as weight,
           (select string_agg(o.weight_g::text, ' ') from health_individualfishobservation o
            where o.sampling_event_id = e.id) as fish
    from health_treatment t join health_healthsamplingevent e on e.id = t.sampling_event_id
    where t.batch_id = $1 and t.includes_weighing order by t.id`)) {
    const at = place(row.id, row.date);
    if (at === undefined) continue;
    const fish = (row.fish ?? '').split(' ').filter((it) => it !== '');
    const total = fish.reduce((sum, it) => sum + micro(it), 0n);
    const weight =
      row.weight != null ? micro(row.weight) : fish.length > 0 ? divide(total, BigInt(fish.length)) : 0n;
    if (weight > 0n) at.assignment.treatments.set(at.day, weight);
  }
  for (const row of await many(`
    select r.batch_container_assignment_id::text as id, r.container_id::text as container,
           (r.reading_time at time zone 'UTC')::date::text as date, r.value::text as value
    from environmental_environmentalreading r join environmental_environmentalparameter p on p.id = r.parameter_id
    where r.batch_id = $1 and p.name = 'Temperature'`)) {
    const at = place(row.id, row.date);
    if (at === undefined || at.assignment.container !== row.container) continue;
    const known = at.assignment.readings.get(at.day) ?? { sum: 0n, n: 0n };
    at.assignment.readings.set(at.day, { sum: known.sum + decimal(row.value ?? '', 4), n: known.n + 1n });
  }
  for (const row of await many(`
    select batch_assignment_id::text as id, feeding_date::text as date, amount_kg::text as kg
    from inventory_feedingevent where batch_id = $1`)) {
    const at = place(row.id, row.date);
    if (at === undefined) continue;
    at.assignment.feed.set(at.day, (at.assignment.feed.get(at.day) ?? 0n) + decimal(row.kg ?? '', 4));
  }

  const rows: StateRow[] = [];
  for (let day = 0; day < asOf; day++) {
    const temperature = profile.temperatures[profileDay(day, profile.temperatures.length)] ?? null;
    for (const it of assignments.values()) {
      if (day < it.first || day >= it.until) continue;
      rows.push(live(it, day, batch, startTime, temperature, assignments, settings));
    }
  }
  return rows.sort((a, b) => Number(a.id) - Number(b.id));
}

/** One assignment over one day. */
function live(
  it: Assignment,
  day: number,
  batch: number,
  startTime: number,
  profileTemperature: bigint | null,
  assignments: Map<string, Assignment>,
  settings: Settings,
): StateRow {
  const date = new Date(startTime + day * DAY).toISOString().slice(0, 10);
  const readings = it.readings.get(day);
  const temperature = readings === undefined ? profileTemperature : divide(readings.sum, readings.n * 100n);
  const origin = readings !== undefined ? 'measured' : profileTemperature === null ? 'none' : 'profile';

  const arrivals = it.arrivals.get(day) ?? [];
  const gone = it.gone.get(day) ?? 0;
  const dead = it.dead.get(day) ?? 0;
  const fishBefore = it.fish;
  it.net += arrivals.reduce((sum, x) => sum + x.fish, 0) - gone - dead;
  it.fish = Math.max(0, it.net);

  it.heat += Number(temperature ?? 0n);
  if (day >= it.yolk.from && day < it.yolk.until) it.yolkDays += 1;
  const grown =
    it.anchorWeight > 0
      ? rint(
          (Math.cbrt(it.anchorWeight) + ((it.tgc / 100_000) * it.heat + it.yolk.perDay * it.yolkDays)) ** 3 *
            1e6,
        ) / 1e6
      : 0;

  const { anchor, weight: set } = decideWeight(it, day, fishBefore, grown, arrivals, assignments, settings);
  const weight = set ?? grown;
  if (set !== null) Object.assign(it, { anchorWeight: set, heat: 0, yolkDays: 0 });
  it.weights.set(day, weight);

  const biomass = BigInt(rint(((it.fish * weight) / 1000) * 100));
  const gain = it.biomass === null ? 0n : biomass - it.biomass;
  it.biomass = biomass;
  const feed = divide(it.feed.get(day) ?? 0n, 100n);
  const isMoved = arrivals.length > 0 || gone > 0;
  const ratio = feed > 0n && gain > settings.leastGain && !isMoved ? divide(feed * 1000n, gain) : null;
  const fcr = ratio !== null && ratio > settings.mostFcr ? settings.mostFcr : ratio;

  const { confidence } = settings;
  const heatConfidence =
    origin === 'measured'
      ? confidence.measured_temperature
      : origin === 'profile'
        ? confidence.profile_temperature
        : 0;
  const number = Number(it.id) - batch * 100;
  return {
    id: String(batch * 100_000 + number * 1000 + day),
    date,
    day_number: String(day + 1),
    avg_weight_g: text(BigInt(rint(weight * 100)), 2),
    population: String(it.fish),
    biomass_kg: text(biomass, 2),
    temp_c: temperature === null ? null : text(temperature, 2),
    mortality_count: String(dead),
    feed_kg: text(feed, 2),
    observed_fcr: fcr === null ? null : text(fcr, 3),
    anchor_type: anchor,
    sources: sortedJson({
      ...{ temp: origin, weight: anchor === null ? 'tgc_computed' : 'measured', mortality: 'actual' },
      feed: feed > 0n ? 'actual' : 'none',
    }),
    confidence_scores: sortedJson({
      ...{ temp: heatConfidence, mortality: 1, feed: 1 },
      weight:
        anchor === null
          ? Math.min(heatConfidence ?? 0, confidence.computed ?? 0)
          : (confidence[anchor] ?? Number.NaN),
    }),
    last_computed_at: `${date}T23:59:59Z`,
    assignment_id: it.id,
    batch_id: String(batch),
    container_id: it.container,
    lifecycle_stage_id: it.stage,
    planned_activity_id: null,
  };
}

/** What sets the weight of a day, if anything does: the best weighing, else fish that came. */
function decideWeight(
  it: Assignment,
  day: number,
  fishBefore: number,
  grown: number,
  arrivals: Arrival[],
  assignments: Map<string, Assignment>,
  settings: Settings,
): { anchor: Anchor | null; weight: number | null } {
  const sample = it.samples.get(day);
  if (sample !== undefined) return { anchor: 'growth_sample', weight: Number(sample) / 100 };

  const cameAlone = arrivals.length > 0 && fishBefore === 0;
  const parts = arrivals.map((x) => ({ fish: BigInt(x.fish), weight: x.weight }));
  if (cameAlone && arrivals.every((x) => x.isMeasured)) return { anchor: 'transfer', weight: mean(parts) };

  const out = it.movedOut.get(day);
  if (out !== undefined) {
    const fish = out.reduce((sum, x) => sum + BigInt(x.fish), 0n);
    // Hundredths of a gram times millionths.
    const total = out.reduce(
      (sum, x) => sum + BigInt(x.fish) * x.weight * (settings.selection[x.selection] ?? 1_000_000n),
      0n,
    );
    const weight = divide(total, fish * 100n);
    if (weight > 0n) return { anchor: 'transfer', weight: Number(weight) / 1e6 };
  }

  const treatment = it.treatments.get(day);
  if (treatment !== undefined) return { anchor: 'vaccination', weight: Number(treatment) / 1e6 };

  if (arrivals.length === 0) return { anchor: null, weight: null };
  if (cameAlone && parts.every((x) => x.weight !== null)) return { anchor: null, weight: mean(parts) };
  const least = micro(String(it.leastWeight));
  const mixed = arrivals.map((x) => ({
    fish: BigInt(x.fish),
    weight: x.weight ?? lastWeight(assignments.get(x.source ?? ''), day) ?? least,
  }));
  if (fishBefore > 0) mixed.push({ fish: BigInt(fishBefore), weight: BigInt(rint(grown * 1e6)) });
  return { anchor: null, weight: mean(mixed) };
}

/** The weight that was computed last for an assignment before a day, in millionths of a gram. */
function lastWeight(source: Assignment | undefined, day: number): bigint | null {
  if (source === undefined) return null;
  const days = [...source.weights.keys()].filter((it) => it < day);
  const weight = days.length === 0 ? 0 : (source.weights.get(Math.max(...days)) ?? 0);
  return weight > 0 ? BigInt(rint(weight * 1e6)) : null;
}

/** Weight of the average fish, in g. */
function mean(parts: { fish: bigint; weight: bigint | null }[]): number {
  const fish = parts.reduce((sum, x) => sum + x.fish, 0n);
  return (
    Number(
      divide(
        parts.reduce((sum, x) => sum + x.fish * (x.weight ?? 0n), 0n),
        fish,
      ),
    ) / 1e6
  );
}

async function readSettings(client: pg.Client): Promise<Settings> {
  const { rows } = await client.query<{ tree: AssimilationSettings }>(
    `select aquaseed.setting_tree('biology.assimilation') as tree`,
  );
  const [found] = rows;
  if (found === undefined) throw new Error('there are no settings of the assimilation');
  const { confidence, selection, fcr } = found.tree;
  return {
    confidence,
    selection: Object.fromEntries(Object.entries(selection).map(([key, it]) => [key, micro(String(it))])),
    leastGain: decimal(String(fcr.least_gain_kg), 2),
    mostFcr: decimal(String(fcr.most), 3),
  };
}

interface AssimilationSettings {
  confidence: Record<string, number>;
  selection: Record<string, number>;
  fcr: { least_gain_kg: number; most: number };
}

interface Profile {
  /** Hundredths of a degree, from the first day of a batch on. */
  temperatures: bigint[];
  tgc: Map<string, number>;
  defaultTgc: number;
}

/** Temperature profile and growth model: of the batch's geography, the nearest season of arrival. */
async function readProfile(client: pg.Client, batch: number): Promise<Profile> {
  const { rows: seasons } = await client.query<{ profile: string; start: number; arrival: number }>(
    `select t.profile_id::text as profile, t.start_doy as start, extract(doy from b.start_date)::int as arrival
     from aquaseed.schedule_batch b join aquaseed.temperature_season t on t.geography_id = b.geography_id
     where b.batch_no = $1 order by t.profile_id`,
    [batch],
  );
  const distance = (it: { start: number; arrival: number }): number => {
    const days = Math.abs(it.start - it.arrival);
    return Math.min(days, 365 - days);
  };
  const nearest = Math.min(...seasons.map(distance));
  const profile = seasons.find((it) => distance(it) === nearest)?.profile;
  if (profile === undefined) return { temperatures: [], tgc: new Map(), defaultTgc: 0 };
  const { rows: days } = await client.query<{ value: string }>(
    'select round(temperature::numeric, 2)::text as value from scenario_temperaturereading where profile_id = $1 order by day_number',
    [profile],
  );
  const { rows: stages } = await client.query<{ name: string; tgc: string; model: number }>(
    `select s.lifecycle_stage as name, s.tgc_value::text as tgc, m.tgc_value as model
     from scenario_tgcmodel m join scenario_tgc_model_stage s on s.tgc_model_id = m.model_id where m.profile_id = $1`,
    [profile],
  );
  return {
    temperatures: days.map((it) => decimal(it.value, 2)),
    tgc: new Map(stages.map((it) => [it.name, Number(it.tgc)])),
    defaultTgc: stages[0]?.model ?? 0,
  };
}

/** The day of the profile (from 0) for a day of the batch; past its end the last year is repeated. */
function profileDay(day: number, days: number): number {
  let at = day;
  while (days > 0 && at >= days) at -= 365;
  return at;
}

/** A decimal as an integer of so many places. */
function decimal(value: string, places: number): bigint {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
  const digits = fraction.slice(0, places).padEnd(places, '0');
  if (/[1-9]/.test(fraction.slice(places))) throw new Error(`${value} has more than ${places} places`);
  const result = BigInt(whole + digits);
  return sign === '-' ? -result : result;
}

const cents = (value: string): bigint => decimal(value, 2);
const micro = (value: string): bigint => decimal(value, 6);

/** The integer nearest to a quotient; halves go away from zero, as numeric does. */
function divide(value: bigint, by: bigint): bigint {
  const half = (value < 0n ? -value : value) * 2n + by;
  const result = half / (2n * by);
  return value < 0n ? -result : result;
}

/** The integer nearest to a double; halves go to the even one, as double precision does. */
function rint(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function text(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function sortedJson(value: Record<string, unknown>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function add(map: Map<number, number>, day: number, value: number): void {
  map.set(day, (map.get(day) ?? 0) + value);
}

function push<T>(map: Map<number, T[]>, day: number, value: T): void {
  const list = map.get(day);
  if (list === undefined) map.set(day, [value]);
  else list.push(value);
}
