import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { FAULTS } from '../test/support/faults.ts';

/**
 * npm run faults -- <url of a database with the generated preset demo>
 * Plants every fault of test/support/faults.ts in a transaction of its own, runs all checks, rolls back, and writes
 * docs/faults.md: which metrics fail, those that are meant for the fault in bold. Ten minutes.
 */

const [url] = process.argv.slice(2);
if (url === undefined)
  throw new Error('npm run faults -- <url of a database with the generated preset demo>');
const client = new pg.Client({ connectionString: url });
await client.connect();

async function failures(): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select id from aquaseed.verify((select run_id from aquaseed.run)) where verdict = 'FAIL' order by line`,
  );
  return rows.map((it) => it.id);
}

const lines: string[] = [];
const caught = new Set<string>();
await client.query('begin');
const before = await failures();
await client.query('rollback');
if (before.length > 0) throw new Error(`the farm fails without any fault: ${before.join(', ')}`);
for (const [what, sql, , metrics] of FAULTS) {
  await client.query('begin');
  await client.query(sql);
  const failed = await failures();
  await client.query('rollback');
  for (const it of failed) caught.add(it);
  const shown = failed.map((it) => (metrics.includes(it) ? `**${it}**` : it));
  lines.push(`| ${what} | ${shown.join(', ')} |`);
  process.stdout.write(`${what}: ${failed.join(', ')}\n`);
}
const { rows: bounds } = await client.query<{ id: string }>(
  'select id from aquaseed.check_bound where low is not null or high is not null order by position',
);
await client.end();

const never = bounds.map((it) => it.id).filter((it) => !caught.has(it));
const text = `# Check and fault

Every fault is planted in a copy of the generated preset \`demo\`, then all checks run. Bold: the metrics that are meant
for it. Written by \`npm run faults\`; the faults are those of the tests (\`test/support/faults.ts\`).

| fault | metrics that fail |
|---|---|
${lines.join('\n')}

Metrics that none of them makes fail. They are tried elsewhere in \`test/verify\`, on rows made by hand or of all checks at
once, or need more farms, years, areas or batches than the demo has: ${never.join(', ')}.
`;
writeFileSync(fileURLToPath(new URL('../docs/faults.md', import.meta.url)), text);
