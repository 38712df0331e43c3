import { CommanderError } from 'commander';
import { EXIT, UserError } from '../errors.ts';
import { createProgram } from './cli.ts';
import { explainSqlError } from './sql-errors.ts';

/** Runs the command line and gives the exit code: the one place that maps an error to one. */
async function main(argv: string[]): Promise<number> {
  let code: number = EXIT.done;
  const program = createProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (raised) {
    const error = explainSqlError(raised);
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof UserError) {
      process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
      return error.exitCode;
    }
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return EXIT.failed;
  }
}

/** A URL on the command line can be read by everybody in the list of processes: its password is taken out. */
function hidePasswords(argv: readonly string[]): void {
  const shown = argv.slice(2).map((it) =>
    it
      .replace(/(:\/\/[^:/?#@]*):[^@]*@/, '$1:***@')
      .replace(/([?&](?:ssl)?password=)[^&]*/g, '$1***')
      .replace(/(\b(?:ssl)?password\s*=\s*)(?:'(?:\\.|[^'\\])*'?|(?:\\.|[^\s&\\])+)/g, '$1***'),
  );
  if (shown.some((it, index) => it !== argv[index + 2])) process.title = `aquaseed ${shown.join(' ')}`;
}

hidePasswords(process.argv);
process.exitCode = await main(process.argv);
