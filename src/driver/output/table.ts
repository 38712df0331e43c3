import stringWidth from 'string-width';

export type Alignment = 'left' | 'right';

/** The lines of a table for the terminal: columns as wide as their widest cell, two spaces between them. */
export function formatTable(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
  { rule = false }: { /** A line under the first row, which is the header. */ rule?: boolean } = {},
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(cell));
    }
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - stringWidth(cell));
        return alignments[column] === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
  if (rule) lines.splice(1, 0, widths.map((it) => '-'.repeat(it)).join('  '));
  return lines;
}
