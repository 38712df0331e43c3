import type pg from 'pg';
import type { DatabasePool } from 'slonik';
import type { Reporter } from '../output/progress.ts';
import { listVacuumCommands } from '../statements/work.ts';

/**
 * After the last unit of seal: freezes the rows and gathers statistics, over plain connections, since slonik
 * knows no statements without a fixed text. Repeatable. Tables of another owner are left as they are.
 * @returns the seconds it took
 */
export async function tidy(
  pool: DatabasePool,
  connect: () => Promise<pg.Client>,
  workers: number,
  reporter: Reporter,
): Promise<number> {
  const startedAt = performance.now();
  let refused = 0;
  const queue = [...(await listVacuumCommands(pool))];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const client = await connect();
      client.on('notice', ({ message }) => {
        if (/permission denied to (vacuum|analyze)/.test(message ?? '')) refused += 1;
      });
      try {
        for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
          await client.query(command);
        }
      } finally {
        await client.end();
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  if (refused > 0) {
    reporter.line(`vacuum: ${refused} tables are left to their owner (aquaseed.list_vacuum_commands)`);
  }
  reporter.line(`vacuum: done in ${seconds.toFixed(1)} s`);
  return seconds;
}
