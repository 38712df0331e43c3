import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli } from '../support/cli.ts';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT, generatedDatabase } from '../support/generated.ts';
import { type Digests, digestsOf, migratedDatabase, rowsOf, withClient } from '../support/run.ts';

/** Rows and digest of every table of a schema that is neither ours nor the server's. */
async function foreignTables(url: string): Promise<Record<string, string>> {
  return await withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'public', 'aquaseed')
       order by 1`,
    );
    const found: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ it: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as it from ${name} t`,
      );
      found[name] = rows[0]?.it ?? '';
    }
    return found;
  });
}

/** Everything that wipe could change: rows, the ledger, and every object of the catalogue with its dependencies. */
async function everything(url: string): Promise<unknown> {
  const [catalogue] = await rowsOf(
    url,
    `select (select md5(string_agg(d::text, ',' order by d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype))
             from pg_depend d) as depend,
            (select count(*)::int from pg_class) as relations,
            (select md5(string_agg(s::text, ',' order by s.stage, s.phase, s.unit)) from aquaseed.run_step s) as steps,
            (select count(*)::int from aquaseed.assignment_day) as truth`,
  );
  return [catalogue, await digestsOf(url), await foreignTables(url)];
}

type Kind = [what: string, plant: string, names: RegExp];

/** The id of a batch that is there, and of a row in the first leaf. */
const LEAF = 'public.batch_mortalityevent_s001';
const SAMPLE = (reference: string, more = ''): string =>
  `create table lab.sample (id int, batch_id bigint references ${reference} ${more});
   insert into lab.sample select n, (select min(id) from public.batch_batch) from generate_series(1, 7) n`;

const KINDS: Kind[] = [
  ...['no action', 'restrict', 'cascade', 'set null', 'set default'].map(
    (action): Kind => [
      `a foreign key on delete ${action}`,
      SAMPLE('public.batch_batch', `on delete ${action}`),
      /rows that no run made: lab\.sample \(7\)/,
    ],
  ),
  [
    'a deferred foreign key',
    SAMPLE('public.batch_batch', 'deferrable initially deferred'),
    /rows that no run made: lab\.sample \(7\)/,
  ],
  [
    'a foreign key that is not valid',
    `create table lab.sample (batch_id bigint);
     insert into lab.sample select min(id) from public.batch_batch;
     alter table lab.sample add foreign key (batch_id) references public.batch_batch on delete cascade not valid`,
    /lab\.sample \(1\)/,
  ],
  [
    'a foreign key of a partition only',
    `create table public.pt (id int, b bigint) partition by list (id);
     create table public.pt_1 partition of public.pt for values in (1);
     alter table public.pt_1 add foreign key (b) references public.batch_batch on delete cascade;
     insert into public.pt select 1, min(id) from public.batch_batch`,
    /rows that no run made: pt_1 \(1\)/,
  ],
  [
    'a foreign key of a partitioned table',
    `create table lab.pt (id int, b bigint references public.batch_batch on delete cascade) partition by list (id);
     create table lab.pt_1 partition of lab.pt for values in (1);
     create table lab.pt_2 partition of lab.pt for values in (2);
     insert into lab.pt select n, (select min(id) from public.batch_batch) from generate_series(1, 2) n`,
    /rows that no run made: lab\.pt \(2\)/,
  ],
  [
    'a foreign key to a partitioned table',
    `create table lab.note (id bigint references public.batch_mortalityevent on delete cascade);
     insert into lab.note select min(id) from public.batch_mortalityevent`,
    /rows that no run made: lab\.note \(1\)/,
  ],
  [
    'a foreign key to a leaf',
    `create table lab.note (id bigint references ${LEAF} on delete cascade);
     insert into lab.note select min(id) from ${LEAF}`,
    /rows that no run made: lab\.note \(1\)/,
  ],
  [
    'a foreign key without rows to a leaf',
    `create table lab.note (id bigint constraint to_leaf references ${LEAF})`,
    /table constraint to_leaf on lab\.note/,
  ],
  [
    'a foreign key to the ledger',
    `create table lab.note (run int constraint to_run references aquaseed.run on delete cascade);
     insert into lab.note values (1)`,
    /lab\.note \(1\)/,
  ],
  [
    'names that need quotes',
    `create table lab."The, Sample" (b bigint references public.batch_batch on delete cascade);
     insert into lab."The, Sample" select min(id) from public.batch_batch`,
    /lab\.The, Sample \(1\)/,
  ],
  [
    'an inheritance child',
    'create table lab.child () inherits (public.batch_batch); insert into lab.child select * from only public.batch_batch limit 1',
    /rows that no run made: lab\.child \(1\)/,
  ],
  [
    'a partition of its own',
    `create table lab.own partition of public.batch_mortalityevent for values from (minvalue) to (-1);
     insert into public.batch_mortalityevent
     select (jsonb_populate_record(null::public.batch_mortalityevent, to_jsonb(m) || '{"id": -5}')).*
     from public.batch_mortalityevent m limit 1`,
    /rows that no run made: lab\.own \(1\)/,
  ],
  [
    'a trigger on delete',
    `create table lab.log (at timestamptz);
     create function lab.note() returns trigger language plpgsql as $$ begin insert into lab.log values (now()); return old; end $$;
     create trigger noted before delete on public.batch_batch for each row execute function lab.note()`,
    /trigger noted on public\.batch_batch/,
  ],
  [
    'a trigger on a leaf',
    `create function lab.note() returns trigger language plpgsql as $$ begin return new; end $$;
     create trigger noted before insert on ${LEAF} for each row execute function lab.note()`,
    /trigger noted on public\.batch_mortalityevent_s001/,
  ],
  [
    'a trigger on truncating the ledger',
    `create function lab.note() returns trigger language plpgsql as $$ begin return null; end $$;
     create trigger noted after truncate on aquaseed.run_step execute function lab.note()`,
    /trigger noted on aquaseed\.run_step/,
  ],
  [
    'an event trigger',
    `create table lab.log (at timestamptz);
     create function lab.note() returns event_trigger language plpgsql as $$ begin insert into lab.log values (now()); end $$;
     create event trigger noted on sql_drop execute function lab.note()`,
    /event trigger noted/,
  ],
  ['a view', 'create view lab.v as select * from public.batch_batch', /view lab\.v/],
  ['a view on a leaf', `create view lab.v as select * from ${LEAF}`, /view lab\.v/],
  [
    'a view that groups by a key',
    'create view lab.v as select b.id, b.notes from public.batch_batch b group by b.id',
    /view lab\.v/,
  ],
  [
    'a materialised view',
    `create materialized view lab.m as select count(*) as n from public.batch_batch`,
    /materialized view lab\.m/,
  ],
  [
    'a rule',
    'create rule kept as on delete to public.batch_batch do instead nothing',
    /rule kept on public\.batch_batch/,
  ],
  [
    'a policy',
    'create policy mine on public.batch_batch using (false)',
    /policy mine on public\.batch_batch/,
  ],
  [
    'a publication of a table',
    'create publication p for table public.batch_batch',
    /publication relation public\.batch_batch in publication p/,
  ],
  ['a publication of a schema', 'create publication p for tables in schema public', /publication p/],
  ['a publication of everything', 'create publication p for all tables', /publication p/],
  [
    'a statistics object',
    'create statistics lab.s on species_id, lifecycle_stage_id from public.batch_batch',
    /statistics object lab\.s/,
  ],
  [
    'a function with a body that is parsed',
    'create function lab.f() returns bigint begin atomic select count(*) from public.batch_batch; end',
    /function lab\.f\(\)/,
  ],
  [
    'a function that takes a row of a leaf',
    `create function lab.f(r ${LEAF}) returns int language sql as 'select 1'`,
    /function lab\.f\(public\.batch_mortalityevent_s001\)/,
  ],
  ['a column of the type of its rows', 'create table lab.t (b public.batch_batch)', /table column lab\.t\.b/],
  ['a domain over a row type', 'create domain lab.d as public.batch_batch[]', /type lab\.d/],
  [
    'a default from its sequence',
    `create table lab.t (id bigint default nextval('public.batch_batch_id_seq'))`,
    /default value for lab\.t\.id/,
  ],
  ['an index on a leaf', `create index mine on ${LEAF} (count)`, /index public\.mine/],
  [
    'a check on a leaf',
    `alter table ${LEAF} add constraint mine check (count > -1)`,
    /table constraint mine on public\.batch_mortalityevent_s001/,
  ],
  [
    'a changed row',
    `update public.batch_batch set notes = 'mine' where id = (select min(id) from public.batch_batch)`,
    /rows that no run made: batch_batch \(1\)/,
  ],
  [
    "a row that took a deleted row's id",
    `delete from public.inventory_containerfeedingsummary where id = (select min(id) from public.inventory_containerfeedingsummary);
     insert into public.inventory_containerfeedingsummary
     select (jsonb_populate_record(null::public.inventory_containerfeedingsummary,
             to_jsonb(s) || jsonb_build_object('id', s.id - 1, 'period_start', date '1999-01-01', 'period_end', date '1999-01-31'))).*
     from public.inventory_containerfeedingsummary s order by id limit 1`,
    /rows that no run made: inventory_containerfeedingsummary \(1\)/,
  ],
  [
    'a changed row of a leaf, frozen and moved',
    `update ${LEAF} set description = 'mine' where id = (select min(id) from ${LEAF}); vacuum (full, freeze) ${LEAF}`,
    /rows that no run made: batch_mortalityevent \(1\)/,
  ],
  [
    'several at once',
    `${SAMPLE('public.batch_batch')};
     create view lab.v as select b.notes from lab.sample join public.batch_batch b on b.id = batch_id;
     create table lab.other (b bigint references public.batch_batch); insert into lab.other select min(id) from public.batch_batch`,
    /rows that no run made: lab\.other \(1\), lab\.sample \(7\); .*depend.* on generated tables: view lab\.v/,
  ],
];

/** Kinds that are also tried with the command, each in a database of its own. */
const BY_COMMAND = [
  'a foreign key on delete cascade',
  'a foreign key of a partition only',
  'a view on a leaf',
  "a row that took a deleted row's id",
  'a changed row of a leaf, frozen and moved',
  'several at once',
];

/** What loses nothing, or has nothing to do with generated rows. */
const NO_OBSTACLES: [what: string, plant: string][] = [
  [
    'a table that refers to none of them yet',
    'create table lab.sample (id int, batch_id bigint references public.batch_batch on delete cascade); insert into lab.sample values (1, null)',
  ],
  [
    'an empty table that refers to a partitioned one',
    'create table lab.note (id bigint references public.batch_mortalityevent on delete cascade)',
  ],
  [
    'rows that refer to infrastructure',
    `create table lab.visit (area bigint references public.infrastructure_area on delete cascade);
     insert into lab.visit select min(id) from public.infrastructure_area`,
  ],
  ['a view of infrastructure', 'create view lab.v as select * from public.infrastructure_area'],
  ['an index on a table that stays', 'create index mine on public.batch_batch (notes)'],
  ['an empty child', 'create table lab.child () inherits (public.batch_batch)'],
  [
    'a sequence of a table in public',
    `create table public.mine (id serial); insert into public.mine default values`,
  ],
  [
    'frozen and moved rows, another owner of the statistics',
    'vacuum (full, freeze) public.batch_batch; cluster public.inventory_feedpurchase using inventory_feedpurchase_pkey',
  ],
  ['rows of ours that somebody deleted', `delete from ${LEAF} where id = (select min(id) from ${LEAF})`],
];

async function plant(url: string, script: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('create schema lab');
    // VACUUM has to be a message of its own.
    for (const part of script.split(/;\s*(?=vacuum|cluster)/)) await client.query(part);
  });
}

const wipe = (url: string): Promise<CliResult> =>
  runCli(['wipe', '--database-url', url, '--confirm', 'DELETE']);

describe('wipe with something of others', { timeout: GENERATION_TIMEOUT }, () => {
  let masterData: Digests;
  let shared: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    const migrated = await migratedDatabase();
    masterData = await digestsOf(migrated.url);
    await migrated.drop();
    shared = await generatedDatabase();
    client = new pg.Client({ connectionString: shared.url });
    await client.connect();
  }, GENERATION_TIMEOUT);
  afterAll(async () => {
    await client.end();
    await shared.drop();
  });

  // One transaction each, which is rolled back, so that all of them take one database.
  it.each(KINDS.filter(([, script]) => !script.includes('vacuum')))(
    'in SQL: refuses %s and names it',
    async (_, script, names) => {
      await client.query('begin');
      try {
        await client.query('create schema lab');
        await client.query(script);
        await expect(client.query("select * from aquaseed.wipe('DELETE')")).rejects.toMatchObject({
          code: 'AQ006',
          message: expect.stringMatching(names),
          hint: expect.stringMatching(/^Nothing was deleted/),
        });
      } finally {
        await client.query('rollback');
      }
    },
  );

  it.each(KINDS.filter(([what]) => BY_COMMAND.includes(what)))(
    'refuses %s, names it, and changes nothing',
    async (_, script, names) => {
      const database = await generatedDatabase();
      try {
        await plant(database.url, script);
        const before = await everything(database.url);
        const refused = await wipe(database.url);
        expect(refused.stderr).toMatch(names);
        // The error and its hint, and no stack trace.
        expect(refused.stderr).toMatch(/^error: [^\n]+\n[^\n]+\n$/m);
        expect(refused.code).toBe(3);
        expect(await everything(database.url)).toEqual(before);
      } finally {
        await database.drop();
      }
    },
  );

  it.each(NO_OBSTACLES)('goes on beside %s, and leaves it as it is', async (_, script) => {
    const database = await generatedDatabase();
    try {
      await plant(database.url, script);
      const before = await foreignTables(database.url);
      await rowsOf(database.url, "select * from aquaseed.wipe('DELETE')");
      expect(await foreignTables(database.url)).toEqual(before);
      expect((await digestsOf(database.url)).tables).toMatchObject(masterData.tables);
    } finally {
      await database.drop();
    }
  });
});
