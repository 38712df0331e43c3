import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../errors.ts';
import { install } from '../database/install.ts';
import { lockRun, withSession } from '../database/session.ts';
import { printData, printText, say } from '../output/output.ts';
import { configurationFor } from '../prepare/configuration.ts';
import { loadConfigurationTables } from '../statements/run.ts';
import { loadCheckBounds } from '../statements/verify.ts';
import { config, type Finish, json, onDatabase, profile } from './_options.ts';

export function addMigrate(program: Command, finish: Finish): void {
  onDatabase(program.command('migrate'))
    .description('create or upgrade the schema, load functions and master data')
    .addOption(config())
    .addOption(profile())
    .addOption(json())
    .action(async (options) => finish(await migrate(options)));
}

/** `migrate`: creates or upgrades the schema, loads the functions and the configuration. */
async function migrate(options: {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  config?: string | undefined;
  profile?: readonly string[] | undefined;
  json?: boolean | undefined;
}): Promise<ExitCode> {
  const configuration = configurationFor(options);
  return await withSession({ ...options, connections: 3, log: say }, async (session) => {
    await lockRun(session.client);
    const installed = await install(session.client, session.named);
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
