import { fstatSync, writeSync } from 'node:fs';
import { reasonOf } from '../../errors.ts';
import { escapeLine, escapeText } from '../../escape.ts';

/**
 * The one place that writes to stdout and stderr. Progress and messages go to stderr and can be lost without harm;
 * results go to stdout. What cannot be written (a full disk, a pipe whose reader has left) never ends the command:
 * it is noted, and `deliver` tells at the end.
 */

/** Whether a stream has failed, and why. */
interface Channel {
  stream: NodeJS.WriteStream;
  failure: NodeJS.ErrnoException | undefined;
  /** Writes whose outcome is not known yet. */
  pending: Set<Promise<void>>;
}

const out = channel(process.stdout);
const err = channel(process.stderr);
/** Whether data was printed, in which no line of ours may stand and without which the command failed. */
let hasPrintedData = false;

function channel(stream: NodeJS.WriteStream): Channel {
  const made: Channel = { stream, failure: undefined, pending: new Set() };
  // Without a listener the error of a stream ends the process. Bars of progress write to the stream themselves.
  stream.on('error', (error) => {
    made.failure ??= error;
  });
  return made;
}

/** One line on stderr. */
export function say(line: string): void {
  write(err, `${escapeLine(line)}\n`);
}

/** On stdout: data that the command was asked for, such as JSON, a schedule or a digest. */
export function printData(text: string): void {
  hasPrintedData = true;
  write(out, escapeText(text));
}

/** Waits until stdout has taken what was printed, for data that comes faster than it is read. */
export async function drained(): Promise<void> {
  while (out.pending.size > 0) await Promise.all(out.pending);
}

/** On stdout: what people may like to read about something that was done. */
export function printText(text: string): void {
  write(out, escapeText(text));
}

/** False when nobody can read stdout any more. */
export function isRead(): boolean {
  return out.failure === undefined;
}

/** Where bars of progress go. */
export function progressStream(): NodeJS.WriteStream {
  return err.stream;
}

/** Waits for what was written and says what could not be. Gives true when data that was asked for got lost. */
export async function deliver(): Promise<boolean> {
  while (out.pending.size + err.pending.size > 0) await Promise.all([...out.pending, ...err.pending]);
  let isLost = false;
  // A reader that leaves, as `head` does, has what it wanted.
  if (out.failure !== undefined && out.failure.code !== 'EPIPE') {
    isLost = hasPrintedData;
    say(`${isLost ? 'error' : 'warning'}: stdout could not be written: ${reasonOf(out.failure)}`);
  }
  if (err.failure !== undefined && out.failure === undefined && !hasPrintedData) {
    printText(`warning: messages could not be written to stderr: ${reasonOf(err.failure)}\n`);
  }
  return isLost;
}

function write(channel: Channel, text: string): void {
  if (channel.failure !== undefined) return;
  try {
    const fd = fileOf(channel.stream);
    if (fd !== undefined) writeWholly(fd, text);
    else writeToStream(channel, text);
  } catch (error) {
    channel.failure = error as NodeJS.ErrnoException;
  }
}

function writeToStream(channel: Channel, text: string): void {
  const written = new Promise<void>((resolve) => {
    channel.stream.write(text, (error) => {
      if (error) channel.failure ??= error;
      resolve();
    });
  });
  channel.pending.add(written);
  void written.then(() => channel.pending.delete(written));
}

/** The descriptor of a stream that is a file: node writes as much of a text as the disk takes, and says nothing. */
function fileOf(stream: NodeJS.WriteStream): number | undefined {
  const { fd } = stream as { fd?: number };
  if (fd === undefined || stream.isTTY) return undefined;
  const kind = fstatSync(fd);
  return kind.isFile() || kind.isCharacterDevice() ? fd : undefined;
}

function writeWholly(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
