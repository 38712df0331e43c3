/** Where the parts of a schedule begin that was read from a file, so that findings can point at them. */
const lines = new WeakMap<object, () => number>();

export function rememberLine(part: object, line: () => number): void {
  lines.set(part, line);
}

/** The line of a part, or undefined when it was not read from a file. */
export function lineOf(part: object): number | undefined {
  return lines.get(part)?.();
}
