import pg from 'pg';
import { type AquamindOptions, aquamindSql, extrasSql } from './aquamind.ts';
import type { AquamindCommit } from './aquamind-facts.ts';
import { createTestDatabase, ensureTemplate, type TestDatabase } from './database.ts';

/**
 * A database of a test's own as AquaMind's migrations leave it, on the server of the test run. The first call of a
 * run builds a template, with or without `bootstrap`; later ones copy it and add what the other options say.
 */
export async function createAquamindDatabase(
  commit: AquamindCommit,
  options: AquamindOptions = {},
): Promise<TestDatabase> {
  const bootstrap = options.bootstrap ?? false;
  const template = `aquamind_${commit}${bootstrap ? '_bootstrap' : ''}`;
  await ensureTemplate(template, (url) => run(url, aquamindSql(commit, { bootstrap })));
  const database = await createTestDatabase({ template });
  const extras = extrasSql(commit, options);
  if (extras !== '') await run(database.url, extras);
  return database;
}

async function run(url: string, script: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(script);
  } finally {
    await client.end();
  }
}
