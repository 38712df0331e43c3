import { vi } from 'vitest';

/** What is written to the streams of this process, while they are captured. */
export type Captured = {
  stdout: string;
  stderr: string;
  /** Gives the streams back. */
  end: () => void;
};

/**
 * Takes what this process writes, as a stream would: the callback of each write is called. The sources wait for it, also
 * for those of a test file before this one in the same worker.
 */
export function captureOutput(...streams: ('stdout' | 'stderr')[]): Captured {
  const spies = streams.map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text, ...more: unknown[]) => {
      captured[name] += String(text);
      for (const it of more) if (typeof it === 'function') it();
      return true;
    }),
  );
  const captured: Captured = {
    stdout: '',
    stderr: '',
    end: () => {
      for (const it of spies) it.mockRestore();
    },
  };
  return captured;
}
