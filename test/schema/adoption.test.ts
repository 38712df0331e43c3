import { expect, it } from 'vitest';
import { filledColumns, filledTables } from '../support/filled-tables.ts';
import { servers } from '../support/schema.ts';

it.for(servers)('knows the columns of every table that is filled on $server', async ({ open }, { skip }) => {
  const database = await open();
  if (database === null) return skip('this version is not installed');
  try {
    await expect(await filledTables(database.client)).toMatchFileSnapshot(
      '../../sql/install/aquamind_tables.sql',
    );
    await expect(await filledColumns(database.client)).toMatchFileSnapshot(
      '../../sql/functions/checksum/_filled_columns.sql',
    );
  } finally {
    await database.close();
  }
});
