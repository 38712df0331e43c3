import type net from 'node:net';
import pg from 'pg';
import { EXIT, UserError } from '../../errors.ts';
import { readServerMode } from '../statements/session.ts';
import { connectionError, errorCode } from './explain.ts';
import { openSocket, TlsError } from './socket.ts';
import { type Host, type Method, placeOf, type ServerTarget, type SessionAttributes } from './target.ts';
import { getTypeParser } from './values.ts';

/** The host that let us in, by the array of hosts of a target. */
const chosen = new WeakMap<readonly Host[], Host>();

/**
 * Opens a session on the first host that answers and is of the kind that is asked for (target_session_attrs),
 * by libpq's rules. Later sessions of the same target begin with the host of the first, so that all sessions of
 * a command are on one server while it is there. Nothing is set in the session yet.
 * Throws a UserError (exit 3).
 */
export async function login(target: ServerTarget): Promise<pg.Client> {
  const before = chosen.get(target.hosts);
  const hosts = before === undefined ? target.hosts : [before, ...target.hosts.filter((it) => it !== before)];
  const rounds: SessionAttributes[] =
    target.attributes === 'prefer-standby' ? ['standby', 'any'] : [target.attributes];
  const refusals: string[] = [];
  for (const attributes of rounds) {
    refusals.length = 0;
    for (const host of hosts) {
      try {
        const client = await loginAt(host, target);
        const misfit = await findMisfit(client, attributes);
        if (misfit === undefined) {
          chosen.set(target.hosts, host);
          return client;
        }
        await client.end();
        refusals.push(`${placeOf(host)} ${misfit}`);
      } catch (error) {
        const failure = connectionError(error, target, host);
        if (hosts.length === 1 || !mayTryNext(error)) throw failure;
        refusals.push(failure.message);
      }
    }
  }
  throw new UserError(
    hosts.length === 1
      ? `target_session_attrs=${target.attributes}: ${refusals.join('; ')}`
      : `None of the ${hosts.length} servers can be used: ${refusals.join('; ')}`,
    EXIT.database,
    `The database was chosen by ${target.source}.`,
  );
}

/** As libpq: a server that is not there, or is starting; not one that refused us. */
function mayTryNext(error: unknown): boolean {
  return /^(ECONN\w+|EHOST\w+|ENET\w+|ETIMEDOUT|ENOENT|ENOTFOUND|EAI_\w+|EACCES|57P03)$/.test(
    errorCode(error) ?? '',
  );
}

/** Why a session is not of the kind that is asked for. */
async function findMisfit(client: pg.Client, attributes: SessionAttributes): Promise<string | undefined> {
  if (attributes === 'any') return undefined;
  const { standby, readOnly } = await readServerMode(client);
  if (attributes === 'primary') return standby ? 'is a standby' : undefined;
  if (attributes === 'standby') return standby ? undefined : 'is not a standby';
  if (attributes === 'read-write') return standby || readOnly ? 'is read-only' : undefined;
  return standby || readOnly ? undefined : 'is not read-only';
}

/** Tries the ways that sslmode allows: the next one when the server or TLS refused the one before. */
async function loginAt(host: Host, target: ServerTarget): Promise<pg.Client> {
  const failures: unknown[] = [];
  for (const channel of target.tls.channels) {
    let isEncrypted = false;
    try {
      const open = await openSocket(host, channel, target);
      isEncrypted = open.isEncrypted;
      return await startSession(open.socket, isEncrypted, host, target);
    } catch (error) {
      failures.push(error);
      if (!(error instanceof TlsError || error instanceof pg.DatabaseError)) break;
      // The server has no TLS, and what it refused was a plain connection.
      if (channel === 'tls' && !isEncrypted && !(error instanceof TlsError)) break;
    }
  }
  // That no line of pg_hba.conf fits says less than what the other way was refused for.
  const said = failures.find((it) => errorCode(it) !== '28000');
  throw said !== undefined && !(said instanceof TlsError) ? said : failures[0];
}

/** pg takes what it was not told from the environment; this program has read the environment already. */
class Session extends pg.Client {
  readonly #startup: Record<string, string>;

  constructor(config: pg.ClientConfig, startup: Record<string, string>) {
    super(config);
    this.#startup = startup;
  }

  /** Called by pg: what is sent first. No name of ours: a pooler would keep it on the server's connection. */
  getStartupConf(): Record<string, string> {
    return this.#startup;
  }
}

async function startSession(
  socket: net.Socket,
  isEncrypted: boolean,
  host: Host,
  target: ServerTarget,
): Promise<pg.Client> {
  const { user, database, options, connectSeconds } = target;
  const bindsChannel = isEncrypted && target.channelBinding !== 'disable';
  const watch = { method: 'none' as Method, isBound: false, isProven: false };
  const client = new Session(
    {
      user,
      database,
      host: host.name,
      port: host.port,
      // As a function it stays out of dumps of the client, and pg asks no password file of its own.
      password: () => {
        requireMethod(target, watch, host);
        return target.password(host) ?? '';
      },
      stream: () => forPg(socket),
      ssl: false,
      enableChannelBinding: bindsChannel,
      connectionTimeoutMillis: connectSeconds * 1000,
      types: { getTypeParser },
    },
    { user, database, ...(options === undefined ? {} : { options }) },
  );
  // A lost connection also fails the running query; without a listener it would end the process.
  client.on('error', () => undefined);
  client.connection
    .on('authenticationCleartextPassword', () => {
      watch.method = 'password';
    })
    .on('authenticationMD5Password', () => {
      watch.method = 'md5';
    })
    .on('authenticationSASL', ({ mechanisms }: { mechanisms: string[] }) => {
      watch.method = 'scram-sha-256';
      watch.isBound = bindsChannel && mechanisms.includes('SCRAM-SHA-256-PLUS');
    })
    .on('authenticationSASLFinal', () => {
      watch.isProven = true;
    });
  try {
    await client.connect();
    requireMethod(target, watch, host);
    // A server that asked for SCRAM and then let us in without it has not shown that it knows the password.
    if (watch.method === 'scram-sha-256' && !watch.isProven) {
      throw new UserError(`The server at ${placeOf(host)} broke off its authentication`, EXIT.database);
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return client;
}

/** Before a password is sent, and after a login without one. @throws UserError (exit 3) */
function requireMethod(
  { methods, channelBinding }: ServerTarget,
  { method, isBound }: { method: Method; isBound: boolean },
  host: Host,
): void {
  if (methods !== undefined && !methods.includes(method)) {
    throw new UserError(
      `The server at ${placeOf(host)} ${method === 'none' ? 'asks for no password' : `wants authentication by ${method}`}, and require_auth allows ${methods.join(', ') || 'nothing'}`,
      EXIT.database,
    );
  }
  if (channelBinding === 'require' && !isBound) {
    throw new UserError(
      `channel_binding=require: the server at ${placeOf(host)} does not offer it`,
      EXIT.database,
      'It needs TLS and a password that the server keeps as scram-sha-256.',
    );
  }
}

/**
 * A socket that is open already, for pg, which wants to connect it itself. And where its parser throws at a
 * message that it does not know (a server that wants GSSAPI), that is an error of the connection, not of the process.
 */
function forPg(socket: net.Socket): net.Socket {
  const on = socket.on.bind(socket);
  return Object.assign(socket, {
    connect: () => {
      process.nextTick(() => socket.emit('connect'));
      return socket;
    },
    on: (event: string, listener: (...values: unknown[]) => void) => {
      if (event !== 'data') return on(event, listener);
      return on('data', (bytes: Buffer) => {
        try {
          listener(bytes);
        } catch (error) {
          socket.destroy(error as Error);
        }
      });
    },
  });
}
