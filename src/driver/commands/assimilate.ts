import os from 'node:os';
import type { Command } from 'commander';
import { EXIT, type ExitCode, UserError } from '../../errors.ts';
import { errorCode, isConnectionLost } from '../database/explain.ts';
import { install } from '../database/install.ts';
import { DEFAULT_RETRIES } from '../database/retry.ts';
import { RunLock, requireInstalled, requireRun, withSession } from '../database/session.ts';
import { printData, printText } from '../output/output.ts';
import { createReporter, formatCount, formatSeconds, type LogFormat } from '../output/progress.ts';
import { Interrupt, runStage, stopOnSignal } from '../stages/work.ts';
import { finishRun, type Reassimilation, reopenAssimilation } from '../statements/run.ts';
import { readFailures, readRows } from '../statements/status.ts';
import { dateText, examples, type Finish, nameList, option, withWorkers } from './_options.ts';

const ASSIMILATE_HELP = `
generate does this once, after its events are sealed. Again it is needed where events were changed by hand. States
are replaced in place, batch by batch, each in one transaction; the same events give the same rows.
--from takes what was before from the events and states of earlier days: choose the day of the first changed event,
and leave --to out when later days depend on it. What was interrupted is continued by the same command.

  aquaseed assimilate
  aquaseed assimilate --only FAR-2023-001,SCO-2023-001 --from 2025-11-01
`;

export function addAssimilate(program: Command, finish: Finish): void {
  withWorkers(program.command('assimilate'))
    .description('compute the daily states of the assignments again from the recorded events')
    .addOption(option('--only <batches>', 'names of batches, with commas; all by default', nameList))
    .addOption(option('--from <date>', 'first day to compute; the first there is by default', dateText))
    .addOption(option('--to <date>', 'last day to compute; the last there is by default', dateText))
    .addHelpText('after', examples(ASSIMILATE_HELP))
    .action(async (options) => finish(await assimilate(options)));
}

const TABLE = 'batch_actualdailyassignmentstate';

interface AssimilateOptions {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  workers?: number | undefined;
  /** Names of batches; all by default. */
  only?: readonly string[] | undefined;
  /** First and last day to compute, YYYY-MM-DD. */
  from?: string | undefined;
  to?: string | undefined;
  logFormat?: LogFormat | undefined;
  json?: boolean | undefined;
}

/** `assimilate`: computes the daily states of a finished run again, in place. Exit code 1 when a batch fails. */
async function assimilate(options: AssimilateOptions): Promise<ExitCode> {
  const reporter = createReporter(options.logFormat ?? 'text');
  const workers = options.workers ?? Math.max(1, os.availableParallelism());
  return await withSession(
    { ...options, connections: workers + 2, log: (line) => reporter.line(line) },
    async (session) => {
      await requireInstalled(session);
      const lock = await RunLock.take(session);
      await install(session.client);
      const pool = await session.openPool(workers + 1);
      const run = await requireRun(session, pool);
      const batches = await reopen(pool, run.run_id, {
        batches: options.only ?? null,
        from: options.from ?? null,
        to: options.to ?? null,
      });
      const interrupt = new Interrupt();
      const ignoreSignals = stopOnSignal(interrupt, pool, reporter);
      try {
        const { seconds } = await runStage('assimilate', {
          ...{ pool, run: run.run_id, workers, reporter, interrupt, isRepeated: true },
          retry: {
            retries: DEFAULT_RETRIES,
            log: (line) => reporter.line(line),
            isStopped: () => interrupt.requested,
            before: () => lock.ensure(),
          },
        });
        if (interrupt.requested) return EXIT.interrupted;
        await finishRun(pool, run.run_id);
        const failures = await readFailures(pool, run.run_id);
        for (const { stage, unit, error } of failures) reporter.line(`FAILED ${stage} ${unit}: ${error}`);
        const states = (await readRows(pool, run.run_id))[TABLE] ?? 0;
        if (options.json) {
          const rounded = Math.round(seconds * 1000) / 1000;
          printData(`${JSON.stringify({ run: run.run_id, batches, states, seconds: rounded, failures })}\n`);
        } else {
          const took = formatSeconds(seconds);
          printText(`${batches} batches assimilated in ${took}; ${TABLE} has ${formatCount(states)} rows\n`);
        }
        return failures.length > 0 ? EXIT.failed : EXIT.done;
      } catch (error) {
        if (interrupt.requested) return EXIT.interrupted;
        if (!isConnectionLost(error)) throw error;
        throw new UserError(
          `Lost the connection to ${session.target.display}`,
          EXIT.database,
          'When the server is back, run the same command again.',
        );
      } finally {
        ignoreSignals();
        await lock.release();
      }
    },
  );
}

/** @throws UserError (exit 2) when the run is not complete, or a batch or the days do not exist */
async function reopen(
  pool: Parameters<typeof reopenAssimilation>[0],
  run: number,
  what: Reassimilation,
): Promise<number> {
  try {
    return await reopenAssimilation(pool, run, what);
  } catch (error) {
    if (errorCode(error) !== 'AQ007') throw error;
    throw new UserError(`Nothing was computed: ${reason(error)}`, EXIT.usage);
  }
}

/** What the server said. */
function reason(error: unknown): string {
  let text = '';
  for (let at: unknown = error; at instanceof Error; at = at.cause) text = at.message;
  return text;
}
