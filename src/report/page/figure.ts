import * as Plot from '@observablehq/plot';

/** What a figure draws with: as wide as there is room, with the text alternative already set. */
export interface Canvas {
  /** Pixels. */
  width: number;
  /** Less than a tablet's width: fewer ticks, no labels inside plots, facets below each other. */
  narrow: boolean;
  /** An axis of dates. */
  time(): Plot.ScaleOptions;
  plot(options: Plot.PlotOptions): SVGSVGElement | HTMLElement;
  legend(scale: Plot.ScaleOptions): SVGSVGElement | HTMLElement;
}

/** A plot, or several of one kind, with what is to be said about it. */
export interface Figure {
  title: string;
  /** One sentence: what to look for. */
  caption: string;
  /** What the plot shows, with figures, for who cannot see it. */
  alt: string;
  /** Two of them stand side by side where there is room. */
  half?: boolean;
  draw(canvas: Canvas): (Node | string)[];
}

/** A table, in its own box where it is too wide. */
export interface Table {
  title: string;
  caption: string;
  head: readonly string[];
  /** Which columns are numbers. */
  numbers: readonly number[];
  rows: readonly (readonly (string | Node)[])[];
  half?: boolean;
  /** Longer than a screen: it scrolls in its box. */
  long?: boolean;
}

export interface Section {
  id: string;
  title: string;
  intro?: string;
  parts: readonly (Figure | Table)[];
}

const NARROW = 560;

/** An element with attributes and children; text is always text, never markup. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly (Node | string)[] = [],
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function canvas(figure: Figure, width: number): Canvas {
  const narrow = width < NARROW;
  return {
    width,
    narrow,
    time: () => ({ type: 'utc', label: null, ...(narrow ? { ticks: 4 } : {}) }),
    plot: (options) => {
      const made = Plot.plot({
        width,
        marginRight: 16,
        style: { fontSize: '11px' },
        ...options,
        className: 'plot',
        ariaLabel: figure.title,
        ariaDescription: figure.alt,
      });
      made.setAttribute('role', 'img');
      return made;
    },
    legend: (scale) =>
      Plot.legend({ color: scale, className: 'legend', label: null } as Plot.LegendOptions & {
        color: Plot.ScaleOptions;
      }),
  };
}

/** The figures on the page, to be drawn again when their width changes. */
const drawn = new Map<Element, { figure: Figure; width: number }>();
const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const state = drawn.get(target);
    const width = Math.floor(contentRect.width);
    if (state === undefined || width === 0 || width === state.width) continue;
    state.width = width;
    target.replaceChildren(...state.figure.draw(canvas(state.figure, width)));
  }
});

/** What fits on a sheet of A4. */
const PAPER = 700;

/** On paper plots are drawn for its width, rather than shrunk with their letters. */
addEventListener('beforeprint', () => redraw(PAPER));
addEventListener('afterprint', () => redraw(Number.POSITIVE_INFINITY));

function redraw(most: number): void {
  for (const [target, { figure, width }] of drawn) {
    target.replaceChildren(...figure.draw(canvas(figure, Math.min(width, most))));
  }
}

/** Shows sections in a place, instead of what was there. */
export function show(place: Element, sections: readonly Section[]): void {
  for (const target of drawn.keys()) observer.unobserve(target);
  drawn.clear();
  place.replaceChildren(...sections.map(sectionElement));
  // Drawn at once, not when the observer finds the time: a page that is printed or photographed is complete.
  for (const [target, state] of drawn) {
    state.width = Math.floor(target.getBoundingClientRect().width);
    target.replaceChildren(...state.figure.draw(canvas(state.figure, Math.max(200, state.width))));
    observer.observe(target);
  }
}

function sectionElement({ id, title, intro, parts }: Section): HTMLElement {
  return element('section', { id }, [
    element('h2', {}, [title]),
    ...(intro === undefined ? [] : [element('p', { class: 'intro' }, [intro])]),
    element(
      'div',
      { class: 'parts' },
      parts.map((it) => ('draw' in it ? figureElement(it) : tableElement(it))),
    ),
  ]);
}

function figureElement(figure: Figure): HTMLElement {
  const plot = element('div', { class: 'draw' });
  drawn.set(plot, { figure, width: 0 });
  return element('figure', { class: figure.half ? 'half' : 'full' }, [
    element('h3', {}, [figure.title]),
    plot,
    element('figcaption', {}, [figure.caption]),
  ]);
}

function tableElement({ title, caption, head, numbers, rows, half, long }: Table): HTMLElement {
  const cell = (name: string, content: string | Node, column: number) => {
    const isWide = typeof content === 'string' && content.length > 30;
    const kind = numbers.includes(column) ? 'number' : isWide ? 'wide' : undefined;
    return element(name, kind === undefined ? {} : { class: kind }, [content]);
  };
  const table = element('table', {}, [
    element('thead', {}, [
      element(
        'tr',
        {},
        head.map((it, column) => cell('th', it, column)),
      ),
    ]),
    element(
      'tbody',
      {},
      rows.map((row) =>
        element(
          'tr',
          {},
          row.map((it, column) => cell('td', it, column)),
        ),
      ),
    ),
  ]);
  return element('figure', { class: half ? 'half' : 'full' }, [
    element('h3', {}, [title]),
    element(
      'div',
      { class: long ? 'scroll long' : 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
      [table],
    ),
    element('figcaption', {}, [caption]),
  ]);
}

/** Tells which row is under the pointer when a plot is clicked. */
export function onPick<Row>(node: SVGSVGElement | HTMLElement, picked: (row: Row) => void): typeof node {
  node.classList.add('pickable');
  node.addEventListener('click', () => {
    const row = (node as { value?: Row | null }).value;
    if (row !== null && row !== undefined) picked(row);
  });
  return node;
}
