import { EXIT, UserError } from '../../errors.ts';

/** Longest name of a database, in bytes. */
export const MAX_NAME = 63;

/** Databases that every server has: they are never replaced, renamed or dropped. */
const SERVERS_OWN = ['postgres', 'template0', 'template1'];

/**
 * PostgreSQL cuts a longer name off, so that it would be that of another database.
 * @throws UserError (exit 2) unless a database can have this name
 */
export function requireName(name: string): void {
  if (name === '' || name.includes('\0') || Buffer.byteLength(name) > MAX_NAME) {
    throw new UserError(
      name === ''
        ? 'The name of the database is empty'
        : `The name of the database must have at most ${MAX_NAME} bytes and no zero byte: ${JSON.stringify(name)}`,
      EXIT.usage,
    );
  }
}

/** @throws UserError (exit 2) for a database that must stay, whatever it holds */
export function requireReplaceable(name: string, deed: string): void {
  requireName(name);
  if (SERVERS_OWN.includes(name.toLowerCase())) {
    throw new UserError(`The database "${name}" is the server's own and cannot be ${deed}`, EXIT.usage);
  }
}
