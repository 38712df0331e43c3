import { Command } from 'commander';
import { EXIT } from '../errors.ts';
import type { Finish } from './commands/_options.ts';
import { addAdvance } from './commands/advance.ts';
import { addAssimilate } from './commands/assimilate.ts';
import { addBatch } from './commands/batch.ts';
import { addChecksum } from './commands/checksum.ts';
import { addDb } from './commands/db.ts';
import { addDemo } from './commands/demo.ts';
import { addGenerate } from './commands/generate.ts';
import { addLogin } from './commands/login.ts';
import { addMigrate } from './commands/migrate.ts';
import { addPlan } from './commands/plan.ts';
import { addRefresh } from './commands/refresh.ts';
import { addReport } from './commands/report.ts';
import { addStatus } from './commands/status.ts';
import { addValidate } from './commands/validate.ts';
import { addVerify } from './commands/verify.ts';
import { addWipe } from './commands/wipe.ts';
import { asTyped, TOOL_VERSION } from './invocation.ts';
import { printData, say } from './output/output.ts';

/** The commands in the order of the help. */
const COMMANDS = [
  addDemo,
  addPlan,
  addValidate,
  addMigrate,
  addGenerate,
  addBatch,
  addLogin,
  addAdvance,
  addAssimilate,
  addWipe,
  addRefresh,
  addVerify,
  addReport,
  addStatus,
  addChecksum,
  addDb,
];

const EXIT_CODES = `
Exit codes: 0 done; 1 a check or a unit failed; 2 bad usage, configuration or schedule;
3 database unreachable or refused; 4 another run holds the lock; 130 interrupted.
`;

/** The command line. Each action sets the exit code through `finish`. */
export function createProgram(finish: Finish): Command {
  const program = new Command(asTyped(''))
    .description('Fills a PostgreSQL database with years of believable salmon-farm history.')
    .version(TOOL_VERSION)
    .showHelpAfterError('(--help shows the options)')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({
      writeOut: printData,
      writeErr: (text) => {
        for (const line of text.trimEnd().split('\n')) say(line);
      },
      outputError: (text) => say(text.trimEnd()),
    })
    .exitOverride();
  for (const add of COMMANDS) add(program, finish);
  program.on('command:*', (words: string[]) => {
    say(`error: there is no command "${words[0] ?? ''}"`);
    say('(--help shows the commands)');
    finish(EXIT.usage);
  });
  return program;
}
