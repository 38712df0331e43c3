import { EXIT, UserError } from '../../errors.ts';
import { progressStream } from './output.ts';

const ENTER = ['\r', '\n'];
const BACK = ['\b', '\u007f'];
const INTERRUPT = '\u0003';
const END = '\u0004';

/** Keys that came with those of an earlier answer, such as the rest of what was pasted. */
let waiting = '';

/**
 * Asks at the terminal for what nobody may see: no key is shown from the first question to the last answer.
 * @throws UserError (exit 130) when the user gives up
 */
export async function readSecrets(questions: readonly string[]): Promise<string[]> {
  const { stdin } = process;
  const stream = progressStream();
  const answers: string[] = [];
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    for (const question of questions) {
      stream.write(question);
      answers.push(await typedLine(stdin));
      stream.write('\n');
    }
    return answers;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

function typedLine(stdin: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = [];
    const stop = (): void => reject(new UserError('interrupted: nothing was changed', EXIT.interrupted));
    const read = (text: string): void => {
      const keys = [...text];
      for (const [index, key] of keys.entries()) {
        const isEnd = key === END && typed.length > 0;
        if (ENTER.includes(key) || isEnd) {
          waiting = keys.slice(index + 1).join('');
          stdin.off('data', read).off('end', stop);
          resolve(typed.join(''));
          return;
        }
        if (key === INTERRUPT || key === END) {
          stop();
          return;
        }
        if (BACK.includes(key)) typed = typed.slice(0, -1);
        else typed.push(key);
      }
      waiting = '';
    };
    stdin.on('data', read);
    stdin.once('end', stop);
    read(waiting);
    stdin.resume();
  });
}
