import os from 'node:os';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../errors.ts';
import { requireInstalled, requireRun, withSession } from '../database/session.ts';
import { printData } from '../output/output.ts';
import { createReporter, type LogFormat } from '../output/progress.ts';
import { configurationFor } from '../prepare/configuration.ts';
import { formatChecks, verify } from '../stages/verify.ts';
import { type Finish, onRun } from './_options.ts';

export function addVerify(program: Command, finish: Finish): void {
  onRun(program.command('verify'))
    .description('run the checks on what was generated')
    .action(async (options) => finish(await verifyCommand(options)));
}

/** `verify`: runs the checks again on what is there. Exit code 1 when one fails. */
async function verifyCommand(options: {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  workers?: number | undefined;
  config?: string | undefined;
  /** Instead of those of the run. */
  profile?: readonly string[] | undefined;
  logFormat?: LogFormat | undefined;
  json?: boolean | undefined;
}): Promise<ExitCode> {
  const reporter = createReporter(options.logFormat ?? 'text');
  const workers = options.workers ?? Math.max(1, os.availableParallelism());
  return await withSession({ ...options, log: (line) => reporter.line(line) }, async (session) => {
    await requireInstalled(session);
    const pool = await session.openPool(workers + 1);
    const run = await requireRun(session, pool);
    const { config, profile = run.profiles } = options;
    const configuration = configurationFor({ config, profile });
    const { checks } = await verify(pool, run.run_id, workers, configuration, reporter);
    const failed = checks.filter((it) => it.pass === false).length;
    printData(
      options.json
        ? `${JSON.stringify({ failed, checks: checks.map(({ detail: _, ...check }) => check) })}\n`
        : `${formatChecks(checks)}\n`,
    );
    return failed > 0 ? EXIT.failed : EXIT.done;
  });
}
