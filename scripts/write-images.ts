import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findBrowser, openBrowser } from '../test/support/browser.ts';

/**
 * `npm run images`: the pictures of the README, from the report of the demo farm that `npm start` wrote.
 * Needs Chromium or Chrome.
 */

const OUT = fileURLToPath(new URL('../docs/images/', import.meta.url));
const report = path.resolve(process.argv[2] ?? 'report.html');

const PICTURES = [
  { name: 'report.png', hash: '', height: 800 },
  { name: 'batch.png', hash: '#batch=FAR-2023-001', height: 1150 },
];

const executable = findBrowser();
if (executable === undefined) {
  throw new Error('There is no chromium or google-chrome on the PATH to take pictures with.');
}
mkdirSync(OUT, { recursive: true });
const browser = await openBrowser(executable);
for (const { name, hash, height } of PICTURES) {
  const page = await browser.newPage({ viewport: { width: 1200, height }, colorScheme: 'light' });
  await page.goto(pathToFileURL(report).href + hash);
  await page.screenshot({ path: path.join(OUT, name) });
  await page.close();
  process.stdout.write(`written ${path.join('docs/images', name)}\n`);
}
await browser.close();
