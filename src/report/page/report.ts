import type { BatchRow, ReportData } from '../data.ts';
import { element, type Section, show } from './figure.ts';
import { createModel, type Model } from './model.ts';
import { readData } from './read.ts';
import { checks, making } from './sections/checks.ts';
import { feed } from './sections/feed.ts';
import { growth } from './sections/growth.ts';
import { harvest } from './sections/harvest.ts';
import { batchHeadline, headline } from './sections/headline.ts';
import { lice } from './sections/lice.ts';
import { moves, occupancy, placesOf } from './sections/occupancy.ts';
import { survival } from './sections/survival.ts';
import { water } from './sections/water.ts';

/** The page of a generated database. #batch=NAME shows a batch alone. */

const HASH = /^#batch=(.+)$/;

function farm(model: Model): Section[] {
  return [
    growth(model),
    survival(model),
    occupancy(placesOf(model)),
    water(model),
    feed(model),
    lice(model),
    harvest(model),
    checks(model),
    making(model),
  ];
}

function alone(model: Model, batch: BatchRow): Section[] {
  return [
    moves(model, batch),
    growth(model, batch),
    survival(model, batch),
    water(model, batch),
    feed(model, batch),
    lice(model, batch),
    harvest(model, batch),
  ];
}

function start(): void {
  const model = createModel(readData<ReportData>(), (batch) => {
    location.hash = `batch=${encodeURIComponent(batch)}`;
  });
  const picker = element('select', { id: 'batch' }, [
    element('option', { value: '' }, [`all ${model.batches.length} batches`]),
    ...model.geographies.map((geography) =>
      element(
        'optgroup',
        { label: geography },
        model.batches
          .filter((it) => it.geography === geography)
          .map((it) =>
            element('option', { value: it.batch }, [
              `${it.batch} (${it.status === 'ACTIVE' ? it.stage : 'harvested'})`,
            ]),
          ),
      ),
    ),
  ]) as HTMLSelectElement;
  const links = element('nav', { 'aria-label': 'Sections' });
  const top = element('div', { id: 'top' });
  const notice = element('p', { class: 'identity', role: 'status' });
  const body = element('div', { id: 'body' });
  const bar = element('div', { class: 'bar' }, [
    element('label', { for: 'batch' }, ['Show ']),
    picker,
    links,
  ]);
  document.querySelector('#page')?.replaceChildren(top, bar, notice, body);

  picker.addEventListener('change', () => {
    if (picker.value === '') history.pushState(null, '', location.pathname + location.search);
    else location.hash = `batch=${encodeURIComponent(picker.value)}`;
    if (picker.value === '') update();
  });
  addEventListener('hashchange', update);
  addEventListener('popstate', update);

  let shown: BatchRow | null | undefined = null;
  function update(): void {
    const name = HASH.exec(location.hash)?.[1];
    const batch =
      name === undefined ? undefined : model.batches.find((it) => it.batch === decodeURIComponent(name));
    notice.textContent =
      name !== undefined && batch === undefined
        ? `There is no batch ${decodeURIComponent(name)}; here are all.`
        : '';
    if (batch === shown) return;
    shown = batch;
    picker.value = batch?.batch ?? '';
    const sections = batch === undefined ? farm(model) : alone(model, batch);
    top.replaceChildren(
      ...(batch === undefined
        ? [headline(model)]
        : [element('header', {}, [element('h1', {}, [`Batch ${batch.batch}`]), batchHeadline(batch)])]),
    );
    links.replaceChildren(...sections.map((it) => jump(it)));
    show(body, sections);
    if (batch !== undefined) scrollTo({ top: 0 });
  }
  update();
}

/** Goes to a section without touching the hash, which names the batch. */
function jump({ id, title }: Section): HTMLElement {
  const link = element('button', { type: 'button' }, [title]);
  link.addEventListener('click', () => document.getElementById(id)?.scrollIntoView({ behavior: 'smooth' }));
  return link;
}

start();
