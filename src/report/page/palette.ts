/**
 * Colours after Okabe and Ito, which the colour-blind can tell apart; style.css has a lighter set for dark pages.
 * Where two things meet in one plot, they differ in dash or place as well.
 */
export const COLOURS = [1, 2, 3, 4, 5, 6, 7, 8].map((it) => `var(--c${it})`);

export const MUTED = 'var(--muted)';
export const FAINT = 'var(--faint)';
export const ACCENT = 'var(--accent)';
export const BACKGROUND = 'var(--paper)';

/** A colour scale with a fixed colour for each name, in the order given. */
export function colours(names: readonly string[]): { type: 'ordinal'; domain: string[]; range: string[] } {
  return {
    type: 'ordinal',
    domain: [...names],
    range: names.map((_, index) => COLOURS[index % COLOURS.length] ?? MUTED),
  };
}
