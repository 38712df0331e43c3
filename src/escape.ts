/**
 * Characters that a terminal obeys or that change how a line is read: controls (escape sequences, line ends),
 * marks of direction and other invisible formats, separators of lines, halves of a pair.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const UNSAFE_BUT_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One line that says what is in it: unsafe characters as \u001b, which JSON and YAML read as the character. */
export function escapeLine(text: string): string {
  return text.replaceAll(UNSAFE, escapeUnits);
}

/** The same for text of several lines. */
export function escapeText(text: string): string {
  return text.replaceAll(UNSAFE_BUT_LINES, escapeUnits);
}

/** True for text in which nothing is to be escaped. */
export function isPrintable(text: string): boolean {
  return text.search(UNSAFE) < 0;
}

function escapeUnits(found: string): string {
  return Array.from({ length: found.length }, (_, at) =>
    found.charCodeAt(at).toString(16).padStart(4, '0'),
  ).reduce((escaped, unit) => `${escaped}\\u${unit}`, '');
}
