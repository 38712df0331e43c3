import { expect, it } from 'vitest';
import { servers } from '../support/schema.ts';
import { dumpSchema } from '../support/schema-dump.ts';

// Every change of a table, key, index, function signature, right or comment shows in the diff of schema.txt. To write it
// anew: npx vitest run test/schema/schema.test.ts -u

it.for(servers)('the schema on $server is the one in schema.txt', async ({ open }, { skip }) => {
  const database = await open();
  if (database === null) return skip('this version is not installed');
  try {
    await expect(await dumpSchema(database.client)).toMatchFileSnapshot('schema.txt');
  } finally {
    await database.close();
  }
});
