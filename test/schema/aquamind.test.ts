import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  columns,
  constraints,
  constraintsLeftOut,
  enums,
  indexes,
  leanIndexes,
  partitioned,
  tables,
  uniqueOnLeaves,
  views,
} from '../support/facts.ts';
import { type SchemaDatabase, servers } from '../support/schema.ts';

// Every difference between the migrated schema and AquaMind's that facts.ts does not list is a failure.

describe.each(servers)('AquaMind schema on $server', ({ open }) => {
  let database: SchemaDatabase | null = null;

  beforeAll(async () => {
    database = await open();
    // Definitions are then shown without the schema, as in the facts.
    await database?.client.query('set search_path = public');
  });
  afterAll(async () => {
    await database?.close();
  });

  function check(name: string, body: (client: pg.Client) => Promise<void>): void {
    test(name, async (context) => {
      if (database === null) return context.skip('this version is not installed');
      await body(database.client);
    });
  }

  check('has exactly the tables and views', async (client) => {
    const found = await client.query<{ name: string; kind: string }>(
      `select relname::text as name, relkind::text as kind from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')`,
    );
    const byKind = (kind: string) =>
      found.rows
        .filter((row) => row.kind === kind)
        .map((row) => row.name)
        .sort();
    expect(byKind('r')).toEqual(tables.filter((table) => !partitioned.has(table)));
    expect(byKind('p')).toEqual([...partitioned.keys()].sort());
    expect(byKind('v')).toEqual(Object.keys(views).sort());
  });

  check('partitions the big tables by range of id', async (client) => {
    const found = await client.query<{ name: string; key: string }>(
      `select relname::text as name, pg_get_partkeydef(oid) as key from pg_class
       where relnamespace = 'public'::regnamespace and relkind = 'p'`,
    );
    const keys = Object.fromEntries(found.rows.map((row) => [row.name, row.key]));
    expect(keys).toEqual(Object.fromEntries([...partitioned].map(([table, id]) => [table, `RANGE (${id})`])));
  });

  check('has the columns: name, type, order, nullability, default', async (client) => {
    const found = await client.query<{ column: string }>(
      `select format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
         case when a.attnotnull then 'not null' else 'null' end,
         case when a.attidentity = 'd' then 'identity' else coalesce(pg_get_expr(d.adbin, d.adrelid), '') end
       ) as column
       from pg_attribute a
       join pg_class c on c.oid = a.attrelid
       left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
       order by c.relname collate "C", a.attnum`,
    );
    const expected = [...columns]
      .sort((a, b) => (a.table === b.table ? a.ordinal - b.ordinal : a.table < b.table ? -1 : 1))
      .map(({ table, column, type, nullable, identity }) => {
        const sequence = `nextval('${table}_${column}_seq'::regclass)`;
        const value = identity ? (partitioned.has(table) ? sequence : 'identity') : '';
        return `${table}.${column} ${type} ${nullable ? 'null' : 'not null'} ${value}`;
      });
    expect(found.rows.map((row) => row.column)).toEqual(expected);
  });

  check('has a sequence behind every generated id', async (client) => {
    const wanted = columns.filter((column) => column.identity);
    const found = await client.query<{ id: string }>(
      `select format('%s.%s', t, c) as id from unnest($1::text[], $2::text[]) as w (t, c)
       where pg_get_serial_sequence(format('public.%I', t), c) is not null`,
      [wanted.map((column) => column.table), wanted.map((column) => column.column)],
    );
    expect(found.rows.map((row) => row.id)).toEqual(wanted.map(({ table, column }) => `${table}.${column}`));
  });

  check('has the constraints, with their names', async (client) => {
    const found = await client.query<{ constraint: string }>(
      `select format('%s %s %s %s', c.relname, k.conname, k.contype, pg_get_constraintdef(k.oid)) as constraint
       from pg_constraint k
       join pg_class c on c.oid = k.conrelid
       where c.relnamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f', 'c', 'x')`,
    );
    const expected = constraints
      .filter(({ name }) => !constraintsLeftOut.includes(name) && !uniqueOnLeaves.includes(name))
      .map(({ table, name, type, definition }) => {
        const id = type === 'p' ? partitioned.get(table) : undefined;
        return `${table} ${name} ${type} ${id === undefined ? definition : `PRIMARY KEY (${id})`}`;
      });
    expect(found.rows.map((row) => row.constraint).sort()).toEqual(expected.sort());
  });

  check('has the indexes of the plain tables', async (client) => {
    const found = await client.query<{ table: string; definition: string }>(
      `select tablename::text as table, indexdef as definition from pg_indexes where schemaname = 'public'`,
    );
    const expected = indexes
      .filter(({ table }) => !partitioned.has(table))
      .map(({ definition }) => definition);
    const ofPlain = found.rows.filter((row) => !partitioned.has(row.table)).map((row) => row.definition);
    expect(ofPlain.sort()).toEqual(expected.sort());
  });

  check('has lean indexes on the partitioned tables', async (client) => {
    const found = await client.query<{ index: string }>(
      `select format('%s %s', c.relname, substring(pg_get_indexdef(i.indexrelid) from ' USING (.*)$')) as index
       from pg_index i
       join pg_class c on c.oid = i.indrelid
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'p' and not i.indisprimary`,
    );
    const expected = Object.entries(leanIndexes).flatMap(([table, list]) =>
      list.map((it) => `${table} ${it}`),
    );
    expect(found.rows.map((row) => row.index).sort()).toEqual(expected.sort());
  });

  check('has the columns of the views', async (client) => {
    for (const [view, names] of Object.entries(views)) {
      const result = await client.query(`select * from ${view}`);
      expect(result.fields.map((column) => column.name)).toEqual(names);
    }
  });

  check('has room for every accepted value', async (client) => {
    for (const { table, column, values } of enums) {
      const found = await client.query<{ length: number }>(
        `select atttypmod - 4 as length from pg_attribute where attrelid = $1::regclass and attname = $2`,
        [table, column],
      );
      const longest = Math.max(...values.map((value) => value.length));
      expect(found.rows[0]?.length, `${table}.${column}`).toBeGreaterThanOrEqual(longest);
    }
  });
});

test('the facts name only what exists', () => {
  expect(tables).toEqual(expect.arrayContaining([...partitioned.keys()]));
  expect(constraints.map(({ name }) => name)).toEqual(expect.arrayContaining(constraintsLeftOut));
});
