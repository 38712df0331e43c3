import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.ts';
import { GENERATION_TIMEOUT } from '../support/generated.ts';
import { migratedDatabase, rowsOf } from './support.ts';

/** What the catalogue says of every function of schema aquaseed, so that a new one is judged like the others. */

let database: TestDatabase;

beforeAll(async () => {
  database = await migratedDatabase();
}, GENERATION_TIMEOUT);
afterAll(() => database.drop());

/** Ours: those of an extension are not for us to change. */
const OURS = `
  from pg_catalog.pg_proc p
  where p.pronamespace = 'aquaseed'::regnamespace
    and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`;

describe('the functions of schema aquaseed', () => {
  it('find names in pg_catalog first and in the temporary schema last, or were parsed when they were made', async () => {
    const rows = await rowsOf<{
      name: string;
      pinned: boolean;
      parsed: boolean;
      definer: boolean;
      kind: string;
    }>(
      database.url,
      `select p.oid::regprocedure::text as name, p.prosqlbody is not null as parsed, p.prosecdef as definer,
              p.prokind::text as kind,
              coalesce(p.proconfig && array['search_path=pg_catalog, pg_temp'], false) as pinned ${OURS}`,
    );
    expect(rows.length).toBeGreaterThan(200);
    const loose = rows.filter((it) => !it.pinned && (it.definer || !it.parsed));
    // A procedure that commits cannot have settings of its own: it qualifies every name and has the caller's rights.
    expect(loose.map((it) => it.name)).toEqual(['aquaseed.work(integer,integer)']);
    expect(loose[0]).toMatchObject({ kind: 'p', definer: false });
  });
});
