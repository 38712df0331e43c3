import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

/** A page and the module that draws it. */
export interface Page {
  entry: 'report' | 'plan';
  title: string;
  /** What the page reads as JSON. */
  data: object;
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`./page/${name}`, import.meta.url));
}

/** One HTML file that needs nothing else: script, style and data are inside, and its policy lets no request out. */
export async function renderPage({ entry, title, data }: Page): Promise<string> {
  const script = await bundle(fileOf(`${entry}.ts`));
  const style = (await transform(readFileSync(fileOf('style.css'), 'utf8'), { loader: 'css', minify: true }))
    .code;
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src 'unsafe-inline'; img-src data:`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeText(title)}</title>
<style>${style}</style>
</head>
<body>
<main id="page"><noscript>This page is drawn by a script; please allow it.</noscript></main>
<script type="application/json" id="data">${inlineJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** The script and the libraries that it uses, as one text that may stand inside an HTML page. */
async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const text = outputFiles[0]?.text ?? '';
  return text
    .trim()
    .replaceAll(/<\/script/gi, '<\\/script')
    .replaceAll('<!--', '<\\!--');
}

function hashOf(script: string): string {
  return `sha256-${createHash('sha256').update(script, 'utf8').digest('base64')}`;
}

/** JSON that neither ends the element it stands in nor breaks a line of JavaScript. */
export function inlineJson(data: object): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
