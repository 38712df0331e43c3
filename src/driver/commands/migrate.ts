import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../errors.ts';
import { install } from '../database/install.ts';
import { lockRun, requireInstalled, withSession } from '../database/session.ts';
import { explainSqlError } from '../database/sql-errors.ts';
import { printData, printText, say } from '../output/output.ts';
import { configurationFor } from '../prepare/configuration.ts';
import { unadopt } from '../statements/install.ts';
import { loadConfigurationTables } from '../statements/run.ts';
import { inTransaction } from '../statements/transaction.ts';
import { loadCheckBounds } from '../statements/verify.ts';
import { adoptionOf, askName, namingAdopted, withAdoption } from './_adoption.ts';
import { config, type Finish, json, onDatabase, option, profile } from './_options.ts';

export function addMigrate(program: Command, finish: Finish): void {
  withAdoption(onDatabase(program.command('migrate')))
    .description('create or upgrade the schema, load functions and master data')
    .addOption(
      option('--unadopt', 'give an adopted database back as it was, once wiped').conflicts([
        'adopt',
        'plain',
      ]),
    )
    .addOption(config())
    .addOption(profile())
    .addOption(json())
    .action(async (options) => finish(await (options.unadopt ? giveBack(options) : migrate(options))));
}

interface MigrateOptions {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  config?: string | undefined;
  profile?: readonly string[] | undefined;
  adopt?: boolean | undefined;
  plain?: boolean | undefined;
  json?: boolean | undefined;
}

/** `migrate`: creates or upgrades the schema, loads the functions and the configuration. */
async function migrate(given: MigrateOptions): Promise<ExitCode> {
  const options = await namingAdopted(given);
  const configuration = configurationFor(options);
  return await withSession({ ...options, connections: 3, log: say }, async (session) => {
    await lockRun(session.client);
    const installed = await install(session.client, session.named, adoptionOf(options, configuration));
    const pool = await session.openPool(1);
    await pool.transaction(async (connection) => {
      await loadConfigurationTables(connection, configuration);
      await loadCheckBounds(connection, JSON.stringify(configuration.checks));
    });
    const result = { database: session.target.display, ...installed };
    if (options.json) printData(`${JSON.stringify(result)}\n`);
    else {
      printText(
        `${result.database}: ${installed.migrations.length} migrations run, functions ${installed.functionsLoaded ? 'loaded' : 'up to date'}\n`,
      );
    }
    return EXIT.done;
  });
}

/** `migrate --unadopt`: AquaMind's own tables take their places again, and schema aquaseed goes. */
async function giveBack(given: MigrateOptions): Promise<ExitCode> {
  const options = { ...given, database: given.database ?? (await askName('--unadopt')) };
  return await withSession({ ...options, connections: 1, log: say }, async (session) => {
    await requireInstalled(session);
    await lockRun(session.client);
    await install(session.client, session.named);
    await inTransaction(session.client, () => unadopt(session.client)).catch((error: unknown) => {
      throw explainSqlError(error);
    });
    if (options.json) printData(`${JSON.stringify({ database: session.target.display })}\n`);
    else printText(`${session.target.display}: as it was before it was adopted\n`);
    return EXIT.done;
  });
}
