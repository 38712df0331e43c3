import { lookup } from 'node:dns/promises';
import net from 'node:net';
import tls from 'node:tls';
import { type Host, isSocket, type ServerTarget } from './target.ts';
import type { Channel, Tls } from './tls.ts';

/** A connection on which nothing was said yet but, where it is encrypted, what TLS needs. */
export type OpenSocket = { socket: net.Socket; isEncrypted: boolean };

/** The connection could not be encrypted; the cause tells more. */
export class TlsError extends Error {}

/**
 * Opens a socket to a host as libpq does: each address of its name in turn, and TLS by asking for it or at once.
 * pg can do most of it, but not connect to an address (hostaddr) under a name, leave the name out of the
 * handshake (sslsni), or go on in plain text on the same connection (sslmode=prefer).
 */
export async function openSocket(host: Host, channel: Channel, target: ServerTarget): Promise<OpenSocket> {
  const socket = await connectSocket(host, target);
  if (channel === 'plain' || isSocket(host)) return { socket, isEncrypted: false };
  try {
    return await withLimit(socket, target.connectSeconds, async () => {
      if (!target.tls.isDirect && !(await askForTls(socket))) {
        if (target.tls.isRequired) throw new TlsError('The server does not support SSL connections');
        return { socket, isEncrypted: false };
      }
      return { socket: await encrypt(socket, host, target.tls), isEncrypted: true };
    });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function connectSocket(host: Host, target: ServerTarget): Promise<net.Socket> {
  if (isSocket(host)) {
    const directory = host.name.startsWith('@') ? `\0${host.name.slice(1)}` : host.name;
    return await connectOnce({ path: `${directory}/.s.PGSQL.${host.port}` }, target);
  }
  const addresses =
    host.address === undefined
      ? (await lookup(host.name, { all: true, order: 'verbatim' })).map((it) => it.address)
      : [host.address];
  let failure: unknown;
  for (const address of addresses) {
    try {
      return await connectOnce({ host: address, port: host.port }, target);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

async function connectOnce(
  where: net.NetConnectOpts,
  { connectSeconds, keepAlive }: ServerTarget,
): Promise<net.Socket> {
  const socket = net.connect(where);
  // An error that comes between two users of the socket is seen by the next one, as it cannot be written to.
  socket.on('error', () => undefined);
  try {
    await withLimit(socket, connectSeconds, () => next(socket, 'connect'));
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.setNoDelay(true);
  if (keepAlive !== false) socket.setKeepAlive(true, keepAlive * 1000);
  return socket;
}

/** Sends the request for TLS and reads its one byte of answer. */
async function askForTls(socket: net.Socket): Promise<boolean> {
  const answer = next(socket, 'data');
  socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
  const bytes = (await answer) as Buffer;
  // More than that was put in by somebody between: it would be read as if it had come encrypted.
  if (bytes.length === 1 && bytes[0] === 0x53) return true;
  if (bytes.length === 1 && bytes[0] === 0x4e) return false;
  throw new TlsError('The server did not answer the request for TLS');
}

async function encrypt(socket: net.Socket, host: Host, options: Tls): Promise<tls.TLSSocket> {
  const secure = tls.connect({
    ...options.options(),
    socket,
    ...(options.sendsName && net.isIP(host.name) === 0 ? { servername: host.name } : {}),
    ...(options.isDirect ? { ALPNProtocols: ['postgresql'] } : {}),
    checkServerIdentity: (_, certificate) =>
      options.checksName ? tls.checkServerIdentity(host.name, certificate) : undefined,
  });
  secure.on('error', () => undefined);
  try {
    await next(secure, 'secureConnect');
  } catch (error) {
    throw new TlsError((error as Error).message, { cause: error });
  }
  if (options.isDirect && secure.alpnProtocol !== 'postgresql') {
    throw new TlsError('The server does not support SSL connections without asking (sslnegotiation=direct)');
  }
  return secure;
}

/** The next event of a socket, or its error or end. */
function next(socket: net.Socket, event: 'connect' | 'secureConnect' | 'data'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      socket.off(event, done).off('error', fail).off('close', end);
      act();
    };
    const done = (value: unknown): void => settle(() => resolve(value));
    const fail = (error: Error): void => settle(() => reject(error));
    const end = (): void =>
      fail(Object.assign(new Error('The connection was closed'), { code: 'ECONNRESET' }));
    socket.on(event, done).on('error', fail).on('close', end);
  });
}

/** Ends the socket, and so what waits for it, after so many seconds; 0 is no limit. */
async function withLimit<T>(socket: net.Socket, seconds: number, work: () => Promise<T>): Promise<T> {
  if (seconds === 0) return await work();
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('timeout expired'), { code: 'ETIMEDOUT' }));
  }, seconds * 1000);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
