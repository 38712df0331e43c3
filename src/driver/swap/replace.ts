import { EXIT, UserError } from '../../errors.ts';
import { requireReplaceable } from '../database/names.ts';
import type { Beforehand } from '../database/session.ts';
import { type ServerTarget, withDatabase } from '../database/target.ts';
import { asTyped, quoted } from '../invocation.ts';
import { ask } from '../output/ask.ts';
import { say } from '../output/output.ts';
import { Databases } from './databases.ts';
import { formatOthers, inspect } from './others.ts';

/** What may be dropped to make room for a run. */
export interface Replacement {
  /** The command that drops it, with --replace, for the hint. */
  command: string;
  /** Whether it may be one with things of others too, if its name is confirmed. */
  others: boolean;
  /** The name as the user confirmed it (--confirm). */
  confirm?: string | undefined;
}

/** @throws UserError (exit 2) when --confirm is given for nothing, or with another name */
export function requireFittingConfirm(database: string, replace: boolean, confirm: string | undefined): void {
  if (confirm === undefined) return;
  if (!replace) throw new UserError('--confirm goes with --replace', EXIT.usage);
  if (confirm !== database) {
    throw new UserError(`--confirm takes the name of the database, which is "${database}"`, EXIT.usage);
  }
}

/** Where the embedded server is told to create and drop databases. */
const MAINTENANCE = 'postgres';

/** Makes a session begin with an empty database; only on the embedded server. */
export function replacing(replacement: Replacement): Beforehand {
  return {
    check: (target) => {
      requireReplaceable(target.database, 'replaced');
      requireFittingConfirm(target.database, true, replacement.confirm);
      if (target.kind === 'embedded') return;
      throw new UserError(
        `--replace drops the database and works with the embedded server only, not with ${target.display}`,
        EXIT.usage,
        'Create an empty database and name it with --database.',
      );
    },
    act: async ({ target, embedded }) => {
      if (embedded !== undefined && (await dropToReplace(target, replacement))) {
        await embedded.ensureDatabase(target.database);
      }
    },
  };
}

/**
 * Drops a database that aquaseed made, unless it is empty anyway. One that holds anything else goes only when the
 * user gives its name once more.
 * @returns whether it was dropped
 * @throws UserError (exit 3) when it stays; (exit 4) while somebody generates into it
 */
async function dropToReplace(target: ServerTarget, replacement: Replacement): Promise<boolean> {
  const name = target.database;
  const databases = await Databases.open(withDatabase(target, MAINTENANCE));
  try {
    await databases.lock(name);
    const found = await databases.find(name);
    if (found === undefined) return false;
    if (await databases.isWorkedOn(name)) {
      throw new UserError(`Somebody is generating into ${target.display}: it was not dropped`, EXIT.locked);
    }
    const { marker, others } = await inspect(target, () => databases.reference(name));
    if (marker === undefined && others.length === 0) return false;
    const foreign =
      marker === undefined || marker === name ? others : [`the marker of database "${marker}"`, ...others];
    if (foreign.length > 0) await requireConfirmed(name, foreign, replacement);
    await databases.drop(name);
    return true;
  } finally {
    await databases.end();
  }
}

async function requireConfirmed(
  name: string,
  foreign: readonly string[],
  { command, others, confirm }: Replacement,
): Promise<void> {
  if (others && confirm === name) return;
  const list = formatOthers([{ database: name, others: foreign }]);
  if (others && confirm === undefined && process.stdin.isTTY) {
    for (const line of ['These are not of aquaseed, and would be lost:', ...list]) say(line);
    if ((await ask(`Type ${name} to drop it with all that it holds: `)) === name) return;
    throw new UserError(`Database "${name}" was not dropped`, EXIT.database);
  }
  const typed = quoted(name);
  throw new UserError(
    [`Database "${name}" holds what aquaseed did not make, so it was not dropped`, ...list],
    EXIT.database,
    `Choose another database with --database, or drop it with: ${asTyped(`${command} --database ${typed} --replace --confirm ${typed}`)}`,
  );
}
