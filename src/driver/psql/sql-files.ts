import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONFIG_DIR, type Configuration, loadConfiguration } from '../../config/index.ts';
import { type PresetName, readSchedule } from '../../planner/index.ts';
import { functionFiles } from '../database/function-files.ts';
import { TOOL_VERSION } from '../invocation.ts';
import { formatConfigurationSql, formatPresetSql, formatScheduleSql } from './schedule-sql.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface SqlFile {
  /** Path from the root of the project. */
  file: string;
  text: string;
}

/** The presets whose SQL form is committed. `npm run sql -- all` writes those of the others, too. */
export const COMMITTED_PRESETS: readonly PresetName[] = ['demo', 'medium', 'guide-144'];

/** The files that psql needs and that follow from others: `npm run sql` writes them. */
export function sqlFiles(presets = COMMITTED_PRESETS): SqlFile[] {
  const configuration = loadConfiguration();
  return [
    { file: 'sql/install/migrations.sql', text: formatMigrations() },
    { file: 'sql/install/functions.sql', text: formatFunctions() },
    { file: 'sql/install/adoption.sql', text: formatAdoption(configuration) },
    { file: 'sql/install/config.sql', text: formatConfigurationSql(configuration, TOOL_VERSION) },
    ...presets.map((name) => {
      const yaml = `config/schedules/${name}.yaml`;
      const schedule = readSchedule(path.join(ROOT, yaml));
      const file = `config/schedules/${name}.sql`;
      const options = { schedule, name: yaml, command: 'npm run sql' };
      const { profiles } = schedule.metadata;
      if (profiles === undefined) return { file, text: formatPresetSql({ ...options, configuration }) };
      // Another configuration than that of sql/install/config.sql comes with the schedule.
      return {
        file,
        text: formatScheduleSql({
          ...options,
          configuration: loadConfiguration(CONFIG_DIR, profiles),
          toolVersion: TOOL_VERSION,
        }),
      };
    }),
  ];
}

interface Migration {
  id: number;
  name: string;
  hash: string;
  /** From sql/install, or undefined for the one that postgres-migrations brings. */
  file: string | undefined;
}

/** As postgres-migrations has them: the hash is of file name and contents. */
function migrations(): Migration[] {
  const directory = path.join(ROOT, 'sql', 'migrations');
  const own = readdirSync(directory).sort();
  const bookkeeping = fileURLToPath(
    new URL('migrations/0_create-migrations-table.sql', import.meta.resolve('postgres-migrations')),
  );
  return [bookkeeping, ...own.map((it) => path.join(directory, it))].map((file, index) => {
    const base = path.basename(file);
    const [, id = '', name = ''] = /^(\d+)[-_](.*)\.sql$/.exec(base) ?? [];
    const hash = createHash('sha1')
      .update(base + readFileSync(file, 'utf8'), 'utf8')
      .digest('hex');
    return { id: Number(id), name, hash, file: index === 0 ? undefined : `../migrations/${base}` };
  });
}

/**
 * The migrations for psql, with the same bookkeeping as postgres-migrations keeps, so that the driver takes the
 * database for what it is.
 */
function formatMigrations(): string {
  const all = migrations();
  const last = all.at(-1)?.id ?? 0;
  return `${[
    '-- Runs the migrations that this database lacks, each in one transaction with its row of aquaseed.migrations.',
    '-- Made by: npm run sql',
    'create table if not exists aquaseed.migrations (',
    '  id integer primary key,',
    '  name varchar(100) unique not null,',
    '  hash varchar(40) not null,',
    '  executed_at timestamp default current_timestamp',
    ');',
    'create temporary table intended (id integer, name text, hash text);',
    'insert into pg_temp.intended values',
    `${all.map(({ id, name, hash }) => `  (${id}, '${name}', '${hash}')`).join(',\n')};`,
    'do $$ begin',
    '  if exists (',
    '    select from aquaseed.migrations m left join pg_temp.intended i on i.id = m.id where i.hash is distinct from m.hash',
    '  ) then',
    "    raise exception 'this database was made by another version of aquaseed' using errcode = 'AQ001',",
    "      hint = 'Nothing was written: install into a new database.';",
    '  end if;',
    'end $$;',
    `insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = 0`,
    'on conflict do nothing;',
    ...all
      .filter((it) => it.file !== undefined)
      .flatMap(({ id, file }) => [
        `select not exists (select from aquaseed.migrations where id = ${id}) as pending \\gset`,
        '\\if :pending',
        `\\echo migration ${id} of ${last}`,
        'begin;',
        `\\ir ${file}`,
        `insert into aquaseed.migrations (id, name, hash) select i.id, i.name, i.hash from pg_temp.intended i where i.id = ${id};`,
        'commit;',
        '\\endif',
      ]),
    'drop table pg_temp.intended;',
  ].join('\n')}\n`;
}

/** What psql is told of AquaMind's own database: -v adopt, and values of columns from config/aquamind.yaml. */
function formatAdoption({ aquamind }: Configuration): string {
  const values = JSON.stringify(aquamind.columns).replaceAll("'", "''");
  return `${[
    "-- Long lines: data. Whether AquaMind's own database is to be adopted (psql -v adopt=on or adopt=plain).",
    '-- Made by: npm run sql',
    '\\if :{?adopt}',
    '\\else',
    "\\set adopt ''",
    '\\endif',
    "select :'adopt' not in ('', 'on', 'plain') as is_unknown,",
    "       set_config('aquaseed.adopt', case :'adopt' when 'on' then 'partitioned' else :'adopt' end, false) as mode,",
    "       set_config('aquaseed.column_values',",
    `         '${values}', false) as column_values \\gset`,
    '\\if :is_unknown',
    'do $$ begin',
    "  raise exception 'adopt takes on or plain' using errcode = 'AQ009', hint = 'psql -v adopt=on -v database=<name>';",
    'end $$;',
    '\\endif',
  ].join('\n')}\n`;
}

function formatFunctions(): string {
  return `${[
    '-- Loads all functions. They may change between versions: create or replace.',
    '-- Made by: npm run sql',
    ...functionFiles().map(({ file }) => `\\ir ../${file}`),
  ].join('\n')}\n`;
}
