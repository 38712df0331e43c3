import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sqlFiles } from '../src/driver/psql/sql-files.ts';
import { writeWhole } from '../src/planner/index.ts';

/** `npm run sql`: writes the committed SQL files that follow from the configuration, schedules and migrations. */

const ROOT = fileURLToPath(new URL('../', import.meta.url));

for (const { file, text } of sqlFiles()) {
  writeWhole(path.join(ROOT, file), text);
  process.stdout.write(`${file} ${(text.length / 1024).toFixed(0)} kB\n`);
}
