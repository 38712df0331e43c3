import { createHash } from 'node:crypto';
import os from 'node:os';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../errors.ts';
import { inParallel } from '../database/parallel.ts';
import { requireInstalled, withSession } from '../database/session.ts';
import { printData, say } from '../output/output.ts';
import { formatCount } from '../output/progress.ts';
import {
  checksumByNameTables,
  checksumTable,
  checksumTableByName,
  checksumTables,
  type TableChecksum,
} from '../statements/checksum.ts';
import { type Finish, json, onDatabase, option, workers } from './_options.ts';

const BY_NAME_HELP = `
--by-name covers the tables that a run fills, with natural keys (names of containers, users and so on) in place of
the ids of places and other master data: equal for a database of aquaseed's own and one of AquaMind that was
adopted, whatever ids its rows have. In psql: select * from aquaseed.checksum_by_name();
`;

export function addChecksum(program: Command, finish: Finish): void {
  onDatabase(program.command('checksum'))
    .description('a digest per table, independent of row order')
    .addOption(
      option('--by-name', 'of the tables that a run fills, with names in place of ids of master data'),
    )
    .addOption(workers('parallel connections'))
    .addOption(json())
    .addHelpText('after', BY_NAME_HELP)
    .action(async (options) => finish(await checksum(options)));
}

interface ChecksumOptions {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  workers?: number | undefined;
  byName?: boolean | undefined;
  json?: boolean | undefined;
}

/** One digest over the digests of all tables, in the order of their names. */
function combineDigests(tables: Record<string, TableChecksum>): string {
  const hash = createHash('sha256');
  for (const [name, { rows, digest }] of Object.entries(tables)) hash.update(`${name} ${rows} ${digest}\n`);
  return hash.digest('hex');
}

/** `checksum`: a digest per table that does not depend on row order, workers or server version. */
async function checksum(options: ChecksumOptions): Promise<ExitCode> {
  const workers = options.workers ?? Math.max(1, os.availableParallelism());
  return await withSession({ ...options, log: say }, async (session) => {
    await requireInstalled(session);
    const pool = await session.openPool(workers);
    const [names, digestOf] = options.byName
      ? [await checksumByNameTables(pool), checksumTableByName]
      : [await checksumTables(pool), checksumTable];
    const found = new Map<string, TableChecksum>();
    await inParallel(names, workers, async (name) => {
      found.set(name, await digestOf(pool, name));
    });
    const tables = Object.fromEntries(
      names.flatMap((name) => {
        const result = found.get(name);
        return result === undefined ? [] : [[name, result]];
      }),
    );
    const digest = combineDigests(tables);
    if (options.json) {
      printData(`${JSON.stringify({ digest, tables })}\n`);
    } else {
      const lines = Object.entries(tables)
        .filter(([, { rows }]) => rows > 0)
        .map(([name, it]) => `${it.digest}  ${formatCount(it.rows).padStart(13)}  ${name}`);
      printData(`${[...lines, `digest ${digest}`].join('\n')}\n`);
    }
    return EXIT.done;
  });
}
