import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EXIT, UserError } from '../../errors.ts';
import type { Conninfo } from './conninfo.ts';
import { PARAMETERS } from './parameters.ts';
import { userFile } from './passfile.ts';

/**
 * The parameters of a service, from the file that is named, else the user's own, else that of the system, by
 * libpq's rules. Throws a UserError (exit 2) that shows no line of the file, as one may hold a password.
 */
export function readService(
  name: string,
  named: string | undefined,
  env: Record<string, string | undefined>,
): Conninfo {
  const own = named ?? userFile(env, '.pg_service.conf');
  const system = ['/etc/postgresql-common', '/usr/local/pgsql/etc'];
  const files = [
    own,
    ...(env.PGSYSCONFDIR ? [env.PGSYSCONFDIR] : system).map((it) => path.join(it, 'pg_service.conf')),
  ];
  if (named !== undefined && !existsSync(named)) {
    throw new UserError(`There is no service file ${named}`, EXIT.usage);
  }
  for (const file of files) {
    if (!existsSync(file)) continue;
    const found = readGroup(file, name);
    if (found !== undefined) return found;
  }
  throw new UserError(
    `Service "${name}" was not found`,
    EXIT.usage,
    `Looked in ${files.join(', ')}; set PGSERVICEFILE to name another file.`,
  );
}

function readGroup(file: string, name: string): Conninfo | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UserError(`Cannot read the service file ${file}`, EXIT.usage);
  }
  let found: Conninfo | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      if (found !== undefined) return found;
      if (line.startsWith(`[${name}]`)) found = new Map();
      continue;
    }
    if (found === undefined) continue;
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(0, equals));
    if (!Object.hasOwn(PARAMETERS, key) || key === 'service' || key === 'servicefile') {
      throw new UserError(
        `Line ${index + 1} of the service file ${file} is no parameter=value`,
        EXIT.usage,
        'There are no spaces around the =, and a service names no other one.',
      );
    }
    // The first of two lines counts, as in libpq.
    if (!found.has(key)) found.set(key, line.slice(equals + 1));
  }
  return found;
}
