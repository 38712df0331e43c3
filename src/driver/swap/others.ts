import type pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import { listObjects } from '../database/install.ts';
import { openClient } from '../database/pool.ts';
import type { ServerTarget } from '../database/target.ts';
import { formatCount } from '../output/progress.ts';
import { isInstalled, type Leaf, readLeaves, readMarker, readStrangers } from '../statements/contents.ts';
import type { DatabaseObject } from '../statements/install.ts';

/** What a new installation makes on this server: whatever else a database of ours holds is somebody else's. */
export type Reference = readonly DatabaseObject[];

/** What was found in a database. */
export interface Inspection {
  /** The name in its marker; undefined where it has none. */
  marker: string | undefined;
  /** Whether a run can be in it. */
  installed: boolean;
  /** What no run and no installation made, one line each. */
  others: string[];
}

/** Extensions that are ours to use, wherever they come from. */
const OWN_EXTENSIONS = ['plpgsql', 'btree_gist'];

/**
 * Looks for what is not ours in a database and writes nothing there. In one without our marker everything is
 * somebody else's.
 * @param reference made only where the database carries the marker
 * @throws UserError (exit 3) when it cannot be looked into
 */
export async function inspect(
  target: ServerTarget,
  reference: () => Promise<Reference>,
): Promise<Inspection> {
  const client = await openClient(target);
  try {
    const objects = await listObjects(client);
    const marker = await readMarker(client);
    if (marker === undefined)
      return { marker, installed: false, others: topmost(objects.filter((it) => it.kind !== 'rights')) };
    const installed = await isInstalled(client);
    const others = await listOthers(client, objects, await reference(), installed);
    return { marker, installed, others };
  } finally {
    await client.end();
  }
}

/** Whether this is what an installation makes before it sets its marker. */
export function isBeginning(other: string): boolean {
  return other === 'schema aquaseed' || other === 'table aquaseed.migrations';
}

/** Those that do not go with another one of the list, and are no extensions of ours. */
function topmost(objects: readonly DatabaseObject[]): string[] {
  const foreign = objects.filter(
    ({ kind, name }) => !(kind === 'extension' && OWN_EXTENSIONS.includes(name)),
  );
  const ids = new Set(foreign.map((it) => it.id));
  return foreign
    .filter((it) => !it.parents.some((parent) => ids.has(parent)))
    .map(({ kind, name }) => (kind === 'rights' ? `rights ${name}` : `${kind} ${name}`));
}

async function listOthers(
  client: pg.Client,
  objects: readonly DatabaseObject[],
  reference: Reference,
  installed: boolean,
): Promise<string[]> {
  const leaves = installed ? await readLeaves(client) : new Map<string, Leaf>();
  const known = new Map(reference.map((it) => [`${it.kind} ${it.name}`, it]));
  const foreign: DatabaseObject[] = [];
  const changed: string[] = [];
  for (const object of objects) {
    const ours = known.get(`${object.kind} ${object.name}`);
    if (ours === undefined) {
      if (!isOfLeaf(object, leaves)) foreign.push(object);
    } else if (ours.definition !== object.definition) {
      changed.push(
        object.kind === 'rights' ? `rights ${object.name}` : `changed ${object.kind} ${object.name}`,
      );
    }
  }
  const named = new Set(foreign.map((it) => `${it.kind} ${it.name}`));
  const strangers = installed ? await readStrangers(client) : [];
  return [
    ...topmost(foreign),
    ...changed,
    ...strangers
      .filter((it) => !named.has(`table public.${it.table_name}`))
      .map((it) => `rows of others in ${it.table_name} (${formatCount(it.strangers)})`),
  ];
}

/**
 * Whether an object is a leaf of the run or something that the run gave to it. What a leaf has because its table has
 * it is judged there.
 */
function isOfLeaf(object: DatabaseObject, leaves: ReadonlyMap<string, Leaf>): boolean {
  if (leaves.has(object.id)) return true;
  const leaf = object.parents.map((it) => leaves.get(it)).find((it) => it !== undefined);
  if (leaf === undefined) return false;
  if (object.inherited) return true;
  const { name, attached } = leaf;
  const own = attached ? /^(id|time|unique)$/ : /^(id|time|unique|key\d+|index\d+)$/;
  const [first = '', on] = object.name.split(' on ');
  const short = first.replace(/^public\./, '');
  if (on === undefined || on === `public.${name}`) {
    if (short.startsWith(`${name}_`) && own.test(short.slice(name.length + 1))) return true;
  }
  // Until it is attached a leaf has columns, references and proofs of its own.
  return !attached && (object.kind === 'table column' || object.kind === 'table constraint');
}

/** At most so many lines of a list of others are shown. */
const MOST_SHOWN = 200;

/** Things of others as lines below a message. */
export function formatOthers(found: readonly { database: string; others: readonly string[] }[]): string[] {
  return found.flatMap(({ database, others }) => [
    `${database}:`,
    ...others.slice(0, MOST_SHOWN).map((it) => `  ${it}`),
    ...(others.length > MOST_SHOWN ? [`  and ${others.length - MOST_SHOWN} more`] : []),
  ]);
}

/** @throws UserError (exit 3) that lists what is of others, unless there is nothing */
export function refuseOthers(
  found: readonly { database: string; others: readonly string[] }[],
  message: string,
  hint: string,
): void {
  const holding = found.filter((it) => it.others.length > 0);
  if (holding.length === 0) return;
  throw new UserError([message, ...formatOthers(holding)], EXIT.database, hint);
}
