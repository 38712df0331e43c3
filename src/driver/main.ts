import { CommanderError } from 'commander';
import { EXIT, reasonOf, UserError } from '../errors.ts';
import { createProgram } from './cli.ts';
import { releaseServers } from './database/embedded/server.ts';
import { explainSqlError } from './database/sql-errors.ts';
import { deliver, say } from './output/output.ts';
import { listenToSignals } from './signals.ts';

/** Runs the command line and sets the exit code; whatever happens, no server is left behind. */
export async function run(argv: string[]): Promise<void> {
  hidePasswords(argv);
  listenToSignals((signal) => {
    say(`Ended by ${signal}`);
    void end(EXIT.interrupted);
  });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => void end(tell(error)));
  }
  const code = await outcomeOf(argv);
  const isLost = await deliver();
  process.exitCode = isLost && code === EXIT.done ? EXIT.failed : code;
}

let isEnding = false;

/** Gives the embedded server up and ends at once. */
async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await releaseServers();
  await deliver();
  process.exit(code);
}

async function outcomeOf(argv: string[]): Promise<number> {
  let code: number = EXIT.done;
  const program = createProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    return tell(error);
  }
}

/** The one place that maps an error to lines for the user and an exit code. A stack is for whoever asks for it. */
function tell(raised: unknown): number {
  const error = explainSqlError(raised);
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { lines, exitCode } = describe(error);
  for (const line of lines) say(line);
  if (process.env.AQUASEED_DEBUG && raised instanceof Error) {
    for (let at: unknown = raised; at instanceof Error; at = at.cause) {
      for (const line of (at.stack ?? at.message).split('\n')) say(line);
    }
  }
  return exitCode;
}

function describe(error: unknown): { lines: string[]; exitCode: number } {
  if (error instanceof UserError) {
    const hint = error.hint === undefined ? [] : [error.hint];
    return { lines: [...`error: ${error.message}`.split('\n'), ...hint], exitCode: error.exitCode };
  }
  const { message, code, syscall, path } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) {
    const what = path === undefined ? syscall : path;
    return { lines: [`error: ${what}: ${reasonOf(error)}`], exitCode: EXIT.failed };
  }
  return {
    lines: [
      `error: unexpected: ${error instanceof Error ? message || error.name : String(error)}`,
      'This is a defect: run the command again with AQUASEED_DEBUG=1 and report what it prints.',
    ],
    exitCode: EXIT.failed,
  };
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
