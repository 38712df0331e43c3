import type { Command } from 'commander';
import type { Configuration } from '../../config/index.ts';
import { EXIT, UserError } from '../../errors.ts';
import type { Adoption } from '../database/install.ts';
import { ask } from '../output/ask.ts';
import { option } from './_options.ts';

/** How a command is told to take over a database that AquaMind's own migrations made. */
export interface AdoptionOptions {
  database?: string | undefined;
  adopt?: boolean | undefined;
  plain?: boolean | undefined;
}

export function withAdoption(command: Command): Command {
  return command
    .addOption(
      option(
        '--adopt',
        "generate into AquaMind's own database, made by its manage.py migrate; name it with --database",
      ),
    )
    .addOption(
      option('--plain', 'with --adopt: leave its large tables as they are instead of partitioning them'),
    );
}

/**
 * The options with the name of the database that is adopted, which is asked for at a terminal.
 * @throws UserError (exit 2) when it is not named
 */
export async function namingAdopted<T extends AdoptionOptions>(options: T): Promise<T> {
  if (options.plain && !options.adopt) throw new UserError('--plain goes with --adopt', EXIT.usage);
  if (!options.adopt || options.database !== undefined) return options;
  return { ...options, database: await askName('--adopt') };
}

/** The name of a database, typed at a terminal. @throws UserError (exit 2) where there is none */
export async function askName(flag: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError(`${flag} wants the exact name of the database: give it with --database`, EXIT.usage);
  }
  const typed = await ask("Type the name of AquaMind's database: ");
  if (typed === '') throw new UserError('no database was named: nothing was written', EXIT.usage);
  return typed;
}

/** What the installation is told. */
export function adoptionOf(
  { adopt, plain }: AdoptionOptions,
  { aquamind }: Configuration,
): Adoption | undefined {
  if (!adopt) return undefined;
  return { mode: plain ? 'plain' : 'partitioned', columns: aquamind.columns };
}
