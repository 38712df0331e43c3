import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMITTED_PRESETS, sqlFiles } from '../src/driver/psql/sql-files.ts';
import { PRESETS, type PresetName, writeWhole } from '../src/planner/index.ts';

/**
 * `npm run sql`: writes the SQL files that follow from the configuration, schedules, migrations and functions; with
 * `-- all` those of the presets that are not committed, too.
 */

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const presets = process.argv[2] === 'all' ? (Object.keys(PRESETS) as PresetName[]) : COMMITTED_PRESETS;

for (const { file, text } of sqlFiles(presets)) {
  writeWhole(path.join(ROOT, file), text);
  process.stderr.write(`${file} ${(text.length / 1024).toFixed(0)} kB\n`);
}
