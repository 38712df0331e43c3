import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../errors.ts';
import { requireInstalled, withSession } from '../database/session.ts';
import { asTyped } from '../invocation.ts';
import { isRead, printData, say } from '../output/output.ts';
import { formatCount, formatSeconds } from '../output/progress.ts';
import { isWorkedOn } from '../statements/locks.ts';
import { readRun } from '../statements/run.ts';
import { readFailures, readProgress, readSessions } from '../statements/status.ts';
import { type Finish, json, onDatabase, option } from './_options.ts';

export function addStatus(program: Command, finish: Finish): void {
  onDatabase(program.command('status'))
    .description('the ledger of the run: units, rows per second, failures')
    .addOption(option('--watch', 'repeat every second until the run ends'))
    .addOption(json())
    .action(async (options) => finish(await status(options)));
}

interface StatusOptions {
  databaseUrl?: string | undefined;
  database?: string | undefined;
  watch?: boolean | undefined;
  json?: boolean | undefined;
}

/** `status`: the ledger of the run in this database; `--watch` repeats it until the run ends. */
async function status(options: StatusOptions): Promise<ExitCode> {
  return await withSession({ ...options, log: say }, async (session) => {
    await requireInstalled(session);
    const pool = await session.openPool(1);
    for (;;) {
      const run = await readRun(pool);
      if (run === null) {
        printData(options.json ? '{"run":null}\n' : 'no run yet\n');
        return EXIT.done;
      }
      const stages = await readProgress(pool, run.run_id);
      const failures = await readFailures(pool, run.run_id);
      const sessions = await readSessions(pool);
      const isWorking = await isWorkedOn(session.client, session.target.database);
      if (options.json) {
        printData(`${JSON.stringify({ run, working: isWorking, stages, failures, sessions })}\n`);
      } else {
        printData(
          [
            `run ${run.run_id} ${run.state}: ${run.schedule_name} up to ${run.as_of}, seed ${run.seed}, begun ${run.started_at}`,
            ...stages.map((it) => {
              const rate = it.seconds === null ? 0 : it.rows / Math.max(0.001, it.seconds);
              const left =
                it.done === 0 || it.seconds === null ? 0 : (it.seconds / it.done) * (it.units - it.done);
              return `  ${it.stage.padEnd(9)} ${`${it.done}/${it.units}`.padStart(9)} units  ${formatCount(it.rows).padStart(12)} rows  ${formatCount(rate).padStart(9)} rows/s${it.failed > 0 ? `  ${it.failed} failed` : ''}${it.done < it.units && left > 0 ? `  ETA ${formatSeconds(left)}` : ''}`;
            }),
            ...sessions.map((it) => `  working: ${it.application_name.slice('aquaseed '.length)}`),
            ...(isWorking || run.state === 'done'
              ? []
              : [`  nobody is working on it: continue it with ${asTyped('generate <schedule> --resume')}`]),
            ...failures.map((it) => `  FAILED ${it.stage} ${it.unit}: ${it.error}`),
            '',
          ].join('\n'),
        );
      }
      if (!options.watch || run.state !== 'running' || !isWorking || !isRead()) return EXIT.done;
      await sleep(1000);
    }
  });
}
