/** The smallest whole number in [low, high] for which the test holds, if it holds from there on; else undefined. */
export function smallest(low: number, high: number, holds: (value: number) => boolean): number | undefined {
  if (low > high || !holds(high)) return undefined;
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}

/** The largest whole number in [low, high] for which the test holds, if it holds up to there; else undefined. */
export function largest(low: number, high: number, holds: (value: number) => boolean): number | undefined {
  const found = smallest(-high, -low, (value) => holds(-value));
  return found === undefined ? undefined : -found;
}
