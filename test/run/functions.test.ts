import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT } from '../support/generated.ts';
import { migratedDatabase, rowsOf } from '../support/run.ts';

/** What the catalogue says of every function of schema aquaseed, so that a new one is judged like the others. */

const suffix = randomBytes(4).toString('hex');
const runner = `run_${suffix}`;
const other = `other_${suffix}`;
let database: TestDatabase;

beforeAll(async () => {
  database = await migratedDatabase();
  await rowsOf(
    database.url,
    `create role ${runner}; create role ${other}; select aquaseed.grant_run('${runner}')`,
  );
}, GENERATION_TIMEOUT);
afterAll(async () => {
  await rowsOf(database.url, `drop owned by ${runner}, ${other}; drop role ${runner}, ${other}`);
  await database.drop();
});

/** Ours: those of an extension are not for us to change. */
const OURS = `
  from pg_catalog.pg_proc p
  where p.pronamespace = 'aquaseed'::regnamespace
    and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`;

const INTRODUCTION = `# Who may call what

Made from the catalogue of a database by a test; the same test compares it. To write it anew:

    npx vitest run test/run/functions.test.ts -u

\`select aquaseed.grant_run('nightly')\` or \`sql/roles.sql\` lets a role generate, verify and read, and nothing else. The
functions are in schema \`aquaseed\`; PUBLIC may call none of them, but those by which a role asks what it lacks.

- **generate**: the entry points. They run with the rights of the owner of the schema, since leaves have to be created
  and attached, and check what they are given: a table that a checksum covers, a stage whose turn it is, a check that
  there is, the configuration that is loaded.
- **call**: they change something, with the rights of the caller. \`load_configuration\` and \`load_check_bounds\` change
  nothing for others than the owner: they refuse a configuration that is not the loaded one.
- **read**: they change nothing, and read with the rights of the caller.
- **ask**: they read the catalogue only.
- **own**: all others. They change something, with the rights of the caller, so that they serve the owner only.
`;

describe('the functions of schema aquaseed', () => {
  it('are open to the owner, to a role that may generate and to others as docs/roles.md says', async () => {
    const rows = await rowsOf<{
      name: string;
      use: string;
      kind: string;
      rights: string;
      may: boolean;
      others: boolean;
    }>(
      database.url,
      `select f.signature as name, f.use, l.lanname || case p.prokind when 'p' then ' procedure' else '' end as kind,
              case when p.prosecdef then 'owner' else 'caller' end as rights,
              has_function_privilege($1, p.oid, 'execute') as may, has_function_privilege($2, p.oid, 'execute') as others
       from aquaseed.list_functions() f join pg_proc p on p.oid = f.function_oid join pg_language l on l.oid = p.prolang
       order by array_position(array['generate', 'call', 'ask', 'read', 'own'], f.use), f.signature collate "C"`,
      [runner, other],
    );
    const [all] = await rowsOf<{ n: number }>(database.url, `select count(*)::int as n ${OURS}`);
    expect(rows.length).toBe(all?.n);
    expect(rows.filter((it) => it.others).map((it) => it.use)).toEqual(['ask', 'ask', 'ask']);
    expect(rows.filter((it) => it.may && it.use === 'own')).toEqual([]);
    expect(rows.filter((it) => (it.rights === 'owner') !== (it.use === 'generate'))).toEqual([]);
    const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;
    const [may, others] = [rows.filter((it) => it.may).length, rows.filter((it) => it.others).length];
    const table = [
      row(['function', 'for', 'language', 'with the rights of', 'owner', 'may generate', 'others']),
      row(Array.from({ length: 7 }, () => '---')),
      ...rows.map((it) =>
        row([
          `\`${it.name.replace('aquaseed.', '')}\``,
          it.use,
          it.kind,
          it.rights,
          'yes',
          it.may ? 'yes' : 'no',
          it.others ? 'yes' : 'no',
        ]),
      ),
    ];
    const summary = `${rows.length} functions: a role that may generate calls ${may} of them, ${rows.filter((it) => it.rights === 'owner').length} with the rights of the owner; others call ${others}.`;
    await expect([INTRODUCTION, summary, '', ...table, ''].join('\n')).toMatchFileSnapshot(
      '../../docs/roles.md',
    );
  });

  it('find names in pg_catalog first and in the temporary schema last, or were parsed when they were made', async () => {
    const rows = await rowsOf<{
      name: string;
      pinned: boolean;
      parsed: boolean;
      definer: boolean;
      kind: string;
    }>(
      database.url,
      `select p.proname::text as name, p.prosqlbody is not null as parsed, p.prosecdef as definer,
              p.prokind::text as kind,
              coalesce(p.proconfig && array['search_path=pg_catalog, pg_temp'], false) as pinned ${OURS}`,
    );
    expect(rows.length).toBeGreaterThan(200);
    const loose = rows.filter((it) => !it.pinned && (it.definer || !it.parsed));
    // A procedure that commits cannot have settings of its own: it qualifies every name and has the caller's rights.
    expect(loose.map((it) => it.name)).toEqual(['work']);
    expect(loose[0]).toMatchObject({ kind: 'p', definer: false });
  });
});
