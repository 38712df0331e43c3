import type pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import { runAll } from '../statements/connection.ts';
import {
  changeOwner,
  commentOnPublic,
  defaultRightsCommands,
  type ObjectRights,
  type Right,
  type Rights,
  readDefaultRights,
  readRights,
  rightsCommands,
} from '../statements/rights.ts';
import { inTransaction } from '../statements/transaction.ts';

/** The order of rights does not matter, nor does how they are put into items. */
export function sameRights(one: readonly Right[] | null, other: readonly Right[] | null): boolean {
  const plain = (rights: readonly Right[] | null): string =>
    rights === null
      ? ''
      : `:${rights
          .map((it) => JSON.stringify([it.grantor, it.grantee, it.privilege, it.grantable]))
          .sort()
          .join()}`;
  return plain(one) === plain(other);
}

const keyOf = ({ kind, name, column }: ObjectRights): string => [kind, name, column ?? ''].join(' ');

/**
 * Within a transaction: gives the objects of this database owners and rights as they were read from another one.
 * @throws UserError (exit 3) that names what the role may not do
 */
export async function applyRights(client: pg.Client, wanted: Rights): Promise<void> {
  const from = new Map(wanted.objects.map((it) => [keyOf(it), it]));
  const now = await readRights(client);
  for (const object of now.objects) {
    const same = from.get(keyOf(object)) ?? from.get(`table ${object.parent} `);
    if (same === undefined || object.owned || same.owner === object.owner) continue;
    await giving(`owner "${same.owner}" of ${object.kind} ${object.name}`, () =>
      changeOwner(client, object, same.owner),
    );
  }
  const { objects } = await readRights(client);
  const present = new Map(objects.map((it) => [keyOf(it), it]));
  // Rights on single columns are there only where somebody has some.
  const columns = wanted.objects.filter((it) => it.column !== null && present.has(`table ${it.name} `));
  for (const object of [...objects.filter((it) => it.column === null), ...columns]) {
    const same = from.get(keyOf(object));
    const before = object.column === null ? object.rights : (present.get(keyOf(object))?.rights ?? null);
    const rights = same === undefined ? null : rightsFor(object, same.rights, before);
    if (rights === null || sameRights(rights, before)) continue;
    const kind = /^(view|materialized view|column)$/.test(object.kind) ? 'table' : object.kind;
    const commands = rightsCommands(
      `${kind === 'aggregate' ? 'function' : kind} ${object.name}`,
      object.owner,
      rights,
      before,
      object.column === null ? '' : ` (${object.column})`,
    );
    await giving(`rights on ${object.kind} ${object.name}`, () => runAll(client, commands));
  }
  if (wanted.comment !== now.comment) {
    await giving('the comment on schema public', () => commentOnPublic(client, wanted.comment));
  }
}

/** @throws UserError (exit 3) that says what could not be given */
async function giving(what: string, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    const refused = new UserError(
      `The new database could not be given what the live one has: ${what} (${(error as Error).message})`,
      EXIT.database,
      'Let a role do it that may, such as a superuser, or change this on the live database.',
    );
    refused.cause = error;
    throw refused;
  });
}

/**
 * The rights that an object is to have, null to leave it. A function that nobody may call without a grant stays so,
 * whatever an earlier version let; a leaf that had none besides its owner's gets none by default privileges.
 */
function rightsFor(
  { kind, owner }: ObjectRights,
  wanted: readonly Right[] | null,
  before: readonly Right[] | null,
): readonly Right[] | null {
  if (before === null) return wanted;
  if (/^(function|procedure)$/.test(kind)) {
    if (wanted === null || before.some((it) => it.grantee === null)) return wanted;
    return wanted.filter((it) => it.grantee !== null);
  }
  if (wanted !== null || !/^(table|view|materialized view|sequence)$/.test(kind)) return wanted;
  return before.filter((it) => it.grantee === owner);
}

/**
 * Gives a database the default privileges of another one, as far as its schemas go and the role may. What could not be
 * carried shows when the objects of both are compared.
 */
export async function applyDefaultRights(from: pg.Client, to: pg.Client): Promise<void> {
  const found = await readDefaultRights(from);
  for (const rights of found) {
    // What the role may not do is left as it is.
    await inTransaction(to, () => runAll(to, defaultRightsCommands(rights))).catch(() => undefined);
  }
}
