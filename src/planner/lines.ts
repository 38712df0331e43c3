/** Lines of the batches that were read from a file, so that findings can point at them. */
const lines = new WeakMap<object, number>();

export function rememberLine(batch: object, line: number): void {
  lines.set(batch, line);
}

export function lineOf(batch: object): number | undefined {
  return lines.get(batch);
}
