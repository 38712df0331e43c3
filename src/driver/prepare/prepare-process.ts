import { UserError } from '../../errors.ts';
import { type PrepareAnswer, type PrepareQuestion, prepareFile } from './prepare.ts';

// Hints name commands as they were typed to the process that asks.
process.argv.splice(1, 1);

/** The process of prepareAside: one question, one answer. */
process.once('message', (question) => {
  const { file, options } = question as PrepareQuestion;
  process.send?.(answer(file, options), () => process.disconnect());
});

function answer(file: string, options: PrepareQuestion['options']): PrepareAnswer {
  try {
    return { prepared: prepareFile(file, options) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, exitCode, hint } = error;
    return { refused: { message, exitCode, hint } };
  }
}
