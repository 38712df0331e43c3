/**
 * Signals that ask this program to end: Ctrl-C, kill, a terminal that was closed. Whoever can end in good order
 * takes them; else the program gives up what it holds, such as the embedded server, and ends.
 */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof SIGNALS)[number];
type Taker = (signal: StopSignal) => void;

const takers: Taker[] = [];

/** Gives the signals to `take`, instead of whoever had them, until the returned function is called. */
export function onStopSignal(take: Taker): () => void {
  takers.push(take);
  return () => {
    const at = takers.indexOf(take);
    if (at >= 0) takers.splice(at, 1);
  };
}

/** Begins to listen; `otherwise` gets what nobody takes. */
export function listenToSignals(otherwise: Taker): void {
  for (const signal of SIGNALS) process.on(signal, () => (takers.at(-1) ?? otherwise)(signal));
}
