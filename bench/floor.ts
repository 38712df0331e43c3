import { statSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { inParallel } from '../src/driver/database/parallel.ts';
import type { Replay } from './results.ts';
import { type BenchServer, checkpoint } from './server.ts';
import { secondsSince, sum } from './spread.ts';

/**
 * The floor that stage emit is compared with: exactly the rows that it wrote, from binary files of the server, by COPY
 * into empty tables without keys and indexes, with as many workers. And that of stage seal: the leaves' indexes.
 */

const SCHEMA = 'bench_floor';
/** Files of at most so many pages (256 MB), so that the workers end together. */
const PAGES = 32_768;

/** One file: a leaf or a plain table, or a stretch of it. */
interface Part {
  table: string;
  /** The leaf, or the table itself. */
  relation: string;
  isLeaf: boolean;
  file: string;
  bytes: number;
}

export interface Files {
  parts: Part[];
  /** Rows by table, as the ledger of stage emit has them. */
  rows: Record<string, number>;
  bytes: number;
}

/** Writes the rows of stage emit into binary files, in the order in which they lie in their tables. */
export async function exportRows(server: BenchServer, directory: string): Promise<Files> {
  server.makeFiles(directory);
  return await server.connect('runs', async (client) => {
    const { rows: relations } = await client.query<{
      table: string;
      relation: string;
      isLeaf: boolean;
      pages: number;
      rows: number;
    }>(`
      with emitted as (
        select r.key as name, sum(r.value::float8) as rows
        from aquaseed.run_step s cross join lateral jsonb_each_text(s.rows) r
        where s.stage = 'emit' and r.key not like 'aquaseed.%'
        group by r.key
      )
      select e.name as "table", c.relname::text as relation, c.relispartition as "isLeaf", e.rows,
             (pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int)::float8 as pages
      from emitted e
      cross join lateral (
        select format('public.%I', e.name)::regclass as oid
        union all
        select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = format('public.%I', e.name)::regclass
      ) x
      join pg_catalog.pg_class c on c.oid = x.oid and c.relkind = 'r'
      where pg_catalog.pg_relation_size(c.oid) > 0
      order by e.name, c.relname`);
    const parts: Part[] = [];
    const copied: Record<string, number> = {};
    for (const { table, relation, isLeaf, pages } of relations) {
      for (let from = 0; from < pages; from += PAGES) {
        const file = path.join(directory, `${relation}.${from}.copy`);
        const { rowCount } = await client.query(
          `copy (select * from public.${relation} where ctid >= '(${from},0)' and ctid < '(${from + PAGES},0)')
           to '${file}' with (format binary)`,
        );
        parts.push({ table, relation, isLeaf, file, bytes: statSync(file).size });
        copied[table] = (copied[table] ?? 0) + (rowCount ?? 0);
      }
    }
    const rows = Object.fromEntries(relations.map((it) => [it.table, it.rows]));
    compareRows(rows, copied);
    return { parts, rows, bytes: sum(parts.map((it) => it.bytes)) };
  });
}

/** @throws unless both have the same rows in every table */
function compareRows(expected: Record<string, number>, found: Record<string, number>): void {
  for (const [table, rows] of Object.entries(expected)) {
    if (found[table] !== rows) {
      throw new Error(`${table}: stage emit notes ${rows} rows, ${found[table] ?? 0} were copied`);
    }
  }
}

/**
 * Replays the files into a schema beside the generated tables, which is dropped again, and builds the indexes.
 * `before` is the measure: tables that were made and committed beforehand, as stage emit finds its leaves. `within` is
 * the least that can be had with wal_level = minimal: each table is made in the transaction that fills it.
 */
export async function replay(
  server: BenchServer,
  files: Files,
  workers: number,
): Promise<Pick<Replay, 'copy_before' | 'copy_within' | 'index' | 'tables'>> {
  return await server.connect('runs', async (client) => {
    const relations = [...new Map(files.parts.map((it) => [it.relation, it])).values()];
    const partsOf = (relation: string): Part[] => files.parts.filter((it) => it.relation === relation);
    const fresh = async (): Promise<void> => {
      await client.query(`drop schema if exists ${SCHEMA} cascade`);
      await client.query(`create schema ${SCHEMA}`);
      await checkpoint(client);
    };
    const bySize = <T>(items: readonly T[], bytes: (item: T) => number): T[] =>
      [...items].sort((a, b) => bytes(b) - bytes(a));
    try {
      await fresh();
      const within = await timed(
        server,
        workers,
        bySize(relations, ({ relation }) => sum(partsOf(relation).map((it) => it.bytes))),
        async (worker, it) => {
          await worker.query('begin');
          await worker.query(createTable(it));
          for (const part of partsOf(it.relation)) await worker.query(copyFrom(part));
          await worker.query('commit');
        },
      );

      await fresh();
      for (const it of relations) await client.query(createTable(it));
      await checkpoint(client);
      const copied: Record<string, number> = {};
      const tables: Record<string, number> = {};
      const before = await timed(
        server,
        workers,
        bySize(files.parts, (it) => it.bytes),
        async (worker, part) => {
          const startedAt = performance.now();
          const { rowCount } = await worker.query(copyFrom(part));
          copied[part.table] = (copied[part.table] ?? 0) + (rowCount ?? 0);
          tables[part.table] = (tables[part.table] ?? 0) + (performance.now() - startedAt) / 1000;
        },
      );
      compareRows(files.rows, copied);

      const leaves = relations.filter((it) => it.isLeaf);
      const { rows: indexes } = await client.query<{ relation: string; command: string }>(
        `select c.relname::text as relation,
                -- Named here: two sessions that name indexes of long names at the same time may choose the same one.
                format('create %s index %I on %I.%I %s', case when i.indisunique then 'unique' end,
                       c.relname || '_' || row_number() over (partition by c.oid order by i.indexrelid), $2::text,
                       c.relname, substring(pg_catalog.pg_get_indexdef(i.indexrelid) from ' USING .*$')) as command
         from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid
         where c.relnamespace = 'public'::regnamespace and c.relname = any ($1)
         order by c.relname, i.indexrelid`,
        [leaves.map((it) => it.relation), SCHEMA],
      );
      await checkpoint(client);
      const index = await timed(
        server,
        workers,
        bySize(leaves, ({ relation }) => sum(partsOf(relation).map((it) => it.bytes))),
        async (worker, { relation }) => {
          for (const it of indexes.filter((entry) => entry.relation === relation))
            await worker.query(it.command);
        },
      );
      const rounded = Object.entries(tables).map(([name, seconds]) => [
        name,
        Math.round(seconds * 1000) / 1000,
      ]);
      return {
        copy_before: before,
        copy_within: within,
        index,
        tables: Object.fromEntries(rounded) as Record<string, number>,
      };
    } finally {
      await client.query(`drop schema if exists ${SCHEMA} cascade`);
    }
  });
}

/** As aquaseed.create_leaf makes a leaf: like its parent, without keys and indexes. */
function createTable({ table, relation }: Part): string {
  return `create table ${SCHEMA}.${relation} (like public.${table} including defaults including constraints)`;
}

function copyFrom({ relation, file }: Part): string {
  return `copy ${SCHEMA}.${relation} from '${file}' with (format binary)`;
}

/** Works the items off, a connection for each worker, and gives the seconds; connecting is not counted. */
async function timed<T>(
  server: BenchServer,
  workers: number,
  items: readonly T[],
  work: (client: pg.Client, item: T) => Promise<void>,
): Promise<number> {
  return await server.connectAll(workers, async (clients) => {
    const startedAt = performance.now();
    await inParallel(items, workers, (item, worker) => work(clients[worker] as pg.Client, item));
    return secondsSince(startedAt);
  });
}
