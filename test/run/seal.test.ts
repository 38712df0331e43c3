import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { partitioned } from '../support/facts.ts';
import { GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';
import { rowsOf, withClient } from '../support/run.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await generatedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

const query = (text: string): Promise<Record<string, unknown>[]> => rowsOf(database.url, text);

const LEAF = /_s\d{3}/g;

describe('after a run', () => {
  it('every foreign key of every table is validated', async () => {
    expect(
      await query(
        `select conrelid::regclass::text, conname from pg_constraint
         where connamespace = 'public'::regnamespace and not convalidated`,
      ),
    ).toEqual([]);
    const [keys] = await query(
      `select count(*)::int as n from pg_constraint where connamespace = 'public'::regnamespace and contype = 'f'`,
    );
    expect(keys?.n).toBeGreaterThan(100);
  });

  it('every leaf has the foreign keys, keys and indexes of its parent', async () => {
    const rows = await query(`
      select g.table_name, s.slice, l.oid is not null and l.relispartition as attached,
             not exists (
               select from pg_constraint c
               where c.conrelid = p.oid and c.contype in ('f', 'p') and c.conparentid = 0
                 and not exists (select from pg_constraint d where d.conrelid = l.oid and d.conparentid = c.oid)
             ) as has_keys,
             (select count(*) from pg_index i where i.indrelid = p.oid and i.indisvalid)
               = (select count(*) from pg_index i join pg_inherits h on h.inhrelid = i.indexrelid
                  where i.indrelid = l.oid and i.indisvalid) as has_indexes
      from aquaseed.generated_table g
      cross join aquaseed.slice s
      join pg_class p on p.oid = format('public.%I', g.table_name)::regclass
      left join pg_class l on l.oid = to_regclass(format('public.%I', aquaseed.leaf_name(g.table_name, s.slice)))
      where g.partitioned`);
    expect(rows).toHaveLength(3 * partitioned.size);
    expect(rows.filter((it) => !(it.attached && it.has_keys && it.has_indexes))).toEqual([]);
    expect(await query('select indexrelid::regclass::text from pg_index where not indisvalid')).toEqual([]);
  });

  it('no leaf is left over that is not attached', async () => {
    expect(
      await query(
        `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
           and relname ~ '_s[0-9]+$' and not relispartition`,
      ),
    ).toEqual([]);
  });

  it('every leaf has a CHECK on the ids of its slice, and no row lies outside', async () => {
    const rows = await query(`
      select l.leaf, (
               select pg_get_constraintdef(c.oid) from pg_constraint c
               where c.conrelid = format('public.%I', l.leaf)::regclass and c.conname = l.leaf || '_id'
             ) as definition, l.id_column, l.low, l.high
      from (
        select aquaseed.leaf_name(g.table_name, s.slice) as leaf, g.id_column,
               s.first_batch_no * g.id_block as low, (s.last_batch_no + 1) * g.id_block as high
        from aquaseed.generated_table g cross join aquaseed.slice s where g.partitioned
      ) l`);
    expect(rows).toHaveLength(3 * partitioned.size);
    for (const { definition, id_column, low, high } of rows) {
      const text = String(definition).replaceAll(/[()']|::bigint/g, '');
      expect(text).toBe(`CHECK ${id_column} >= ${low} AND ${id_column} < ${high}`);
    }
  });

  // Names that PostgreSQL chooses are shortened until two leaves that are sealed at once may get the same one.
  it('every key and index of a leaf is named after the leaf', async () => {
    expect(
      await query(`
        select l.relname as leaf, i.indexrelid::regclass::text as index
        from pg_class l join pg_index i on i.indrelid = l.oid
        where l.relnamespace = 'public'::regnamespace and l.relispartition and l.relkind = 'r'
          and l.relname !~ '_app$' and position(right(l.relname, 5) in i.indexrelid::regclass::text) = 0`),
    ).toEqual([]);
  });

  it('statistics of every filled table are there', async () => {
    const rows = await query(
      `select c.relname from pg_class c
       where c.relnamespace = 'public'::regnamespace and c.relispartition and c.relkind = 'r'
         and c.relname !~ '_app$' and c.reltuples <> (xpath('/row/n/text()', query_to_xml(
           format('select count(*) as n from public.%I', c.relname), false, true, '')))[1]::text::real`,
    );
    expect(rows).toEqual([]);
  });
});

describe('the application', () => {
  /** Copies the last row of a table without its id, changed as told, as the application would insert it. */
  async function insertLike(
    client: pg.Client,
    table: string,
    changes: Record<string, string>,
  ): Promise<number> {
    const { rows: columns } = await client.query<{ name: string }>(
      `select attname as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attname <> 'id'`,
      [table],
    );
    const names = columns.map((it) => `"${it.name}"`).join(', ');
    const values = columns.map((it) => changes[it.name] ?? `"${it.name}"`).join(', ');
    const { rows } = await client.query<{ id: string }>(
      `insert into ${table} (${names}) select ${values} from ${table} order by id desc limit 1 returning id`,
    );
    return Number(rows[0]?.id);
  }

  /** Today, for a farm whose history ends at as_of. */
  const TODAY = '(select as_of from aquaseed.run)';

  async function insertsToday(table: string, changes: Record<string, string>): Promise<void> {
    await withClient(database.url, async (client) => {
      const { rows } = await client.query<{ last: string }>(`select max(id) as last from ${table}`);
      const id = await insertLike(client, table, changes);
      expect(id).toBeGreaterThan(Number(rows[0]?.last));
      await client.query(`delete from ${table} where id = $1`, [id]);
    });
  }

  it('inserts into a plain table, with an id from its sequence', async () => {
    await insertsToday('batch_batch', { batch_number: `'NEW-1'` });
    await insertsToday('inventory_feedpurchase', { purchase_date: TODAY });
  });

  it('inserts into a partitioned table, with an id from its sequence', async () => {
    await insertsToday('batch_mortalityevent', {});
    await insertsToday('environmental_environmentalreading', {});
  });

  it("inserts today's events into a partitioned table", async () => {
    await insertsToday('batch_mortalityevent', { event_date: TODAY });
  });

  it('gets ids that a partition takes from the sequence of every partitioned table', async () => {
    expect(
      await query(`
        select g.table_name from aquaseed.generated_table g
        join pg_sequences s on format('%I.%I', s.schemaname, s.sequencename)
          = pg_get_serial_sequence('public.' || g.table_name, g.id_column)
        where g.partitioned and coalesce(s.last_value, 0) + 1 < g.id_block`),
    ).toEqual([]);
  });

  it('cannot insert a row that refers to nothing, in any leaf', async () => {
    await withClient(database.url, async (client) => {
      await expect(insertLike(client, 'batch_mortalityevent', { assignment_id: '0' })).rejects.toMatchObject({
        code: '23503',
      });
    });
  });
});

describe('sealing a leaf whose first rows refer to nobody', () => {
  const TABLE = 'environmental_environmentalreading';

  /** Fills and seals the readings of the first slice again, the last of them recorded by somebody; then rolls back. */
  async function sealWith(recordedBy: string): Promise<Record<string, unknown>[]> {
    return await withClient(database.url, async (client) => {
      await client.query('begin');
      try {
        await client.query(`create temporary table kept as select * from ${TABLE}_s001`);
        await client.query('select aquaseed.drop_leaf($1, 1), aquaseed.create_leaf($1, 1)', [TABLE]);
        await client.query(`insert into ${TABLE}_s001 select * from kept order by id`);
        await client.query(
          `update ${TABLE}_s001 set recorded_by_id = ${recordedBy} where id = (select max(id) from kept)`,
        );
        await client.query('select aquaseed.index_leaf($1, 1)', [TABLE]);
        await client.query('select aquaseed.reference_leaf($1, 1)', [TABLE]);
        await client.query('select aquaseed.validate_leaf($1, 1)', [TABLE]);
        const { rows } = await client.query<Record<string, unknown>>(
          `select c.contype, count(*)::int as n, bool_and(c.convalidated) as valid
           from pg_constraint c where c.conrelid = '${TABLE}_s001'::regclass and c.contype in ('c', 'f')
           group by 1 order by 1`,
        );
        return rows;
      } finally {
        await client.query('rollback');
      }
    });
  }

  it('leaves the two CHECKs of every leaf, and all keys valid', async () => {
    const sealed = [
      { contype: 'c', n: 2, valid: true },
      { contype: 'f', n: 6, valid: true },
    ];
    expect(await sealWith('null')).toEqual(sealed);
    expect(await sealWith('(select min(id) from auth_user)')).toEqual(sealed);
  });

  it('refuses a reference further on to somebody who is not there', async () => {
    await expect(sealWith('-1')).rejects.toMatchObject({ code: '23503' });
  });
});

describe('PostgreSQL reads only the leaves it needs', () => {
  const leavesOf = async (where: string): Promise<string[]> => {
    const plan = await query(
      `explain select count(*) from environmental_environmentalreading where ${where}`,
    );
    const found =
      plan
        .map((it) => String(it['QUERY PLAN']))
        .join('\n')
        .match(LEAF) ?? [];
    return [...new Set(found)].sort();
  };

  it('all of them for all rows', async () => {
    expect(await leavesOf('true')).toEqual(['_s001', '_s002', '_s003']);
  });

  it('one for the ids of a batch', async () => {
    const [block] = await query(`select aquaseed.id_block('environmental_environmentalreading')::int as ids`);
    const ids = Number(block?.ids);
    expect(await leavesOf(`id >= ${3 * ids} and id < ${4 * ids}`)).toEqual(['_s002']);
    expect(await leavesOf(`id = ${6 * ids}`)).toEqual(['_s003']);
  });

  it('by time, the slices that had begun', async () => {
    const [start] = await query('select min(start_date)::text as day from batch_batch where id >= 3');
    expect(await leavesOf(`reading_time < '${start?.day}T00:00:00Z'`)).toEqual(['_s001']);
    const [end] = await query(
      `select max(reading_time)::date::text as day from environmental_environmentalreading where batch_id = 6`,
    );
    expect(await leavesOf(`reading_time < '${end?.day}T00:00:00Z'`)).toHaveLength(3);
  });
});
