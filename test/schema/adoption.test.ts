import { expect, it } from 'vitest';
import { filledTables } from '../support/filled-tables.ts';
import { servers } from '../support/schema.ts';

it.for(servers)('knows the columns of every table that is filled on $server', async ({ open }, { skip }) => {
  const database = await open();
  if (database === null) return skip('this version is not installed');
  try {
    await expect(await filledTables(database.client)).toMatchFileSnapshot(
      '../../sql/install/aquamind_tables.sql',
    );
  } finally {
    await database.close();
  }
});
