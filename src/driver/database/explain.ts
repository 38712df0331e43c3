import { BackendTerminatedError, BackendTerminatedUnexpectedlyError } from 'slonik';
import { EXIT, UserError } from '../../errors.ts';
import { type Host, isSocket, placeOf, type ServerTarget } from './target.ts';

/** The SQLSTATE (such as 40001) or the system's code (such as ECONNREFUSED) of an error or its causes. */
export function errorCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const code: unknown = (at as { code?: unknown }).code;
    if (typeof code === 'string') return code;
    if (at instanceof AggregateError && at.errors.length > 0) {
      const inner = errorCode(at.errors[0]);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

/** True when the connection broke, so that the same work may succeed on a new one. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof BackendTerminatedError || error instanceof BackendTerminatedUnexpectedlyError) {
    return true;
  }
  const code = errorCode(error);
  if (code !== undefined) {
    return /^(08...|57P0[123]|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT)$/.test(code);
  }
  return error instanceof Error && /connection terminated|not queryable/i.test(error.message);
}

/** slonik marks a connection as dead by the class of the error. */
export function wrapLostConnection(error: Error): Error {
  const code = errorCode(error);
  if (code !== undefined && /^57P0[123]$/.test(code)) return new BackendTerminatedError(error);
  if (/connection terminated|client was closed|connection error and is not queryable/i.test(error.message)) {
    return new BackendTerminatedUnexpectedlyError(error);
  }
  return error;
}

/**
 * One clear line for a failed connection; a UserError (exit 3) that never shows the password. Its cause is the
 * error, so that errorCode and isConnectionLost tell what it was.
 */
export function connectionError(
  error: unknown,
  target: ServerTarget,
  host: Host = target.hosts[0] ?? { name: target.host, port: target.port },
): UserError {
  if (error instanceof UserError) return error;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.cause instanceof UserError) return at.cause;
  }
  const failure = describeConnectionError(error, target, host);
  failure.cause = error;
  return failure;
}

/** One line for a connection that broke in the middle of something (exit 3); its cause is the error. */
export function lostConnection(error: unknown, target: ServerTarget): UserError {
  const failure = new UserError(
    `Lost the connection to ${target.display}: ${deepestMessage(error)}`,
    EXIT.database,
    'When the server is back, run the same command again.',
  );
  failure.cause = error;
  return failure;
}

function describeConnectionError(error: unknown, target: ServerTarget, host: Host): UserError {
  const refuse = (message: string, hint?: string): UserError => new UserError(message, EXIT.database, hint);
  const server = placeOf(host);
  const from = `The database was chosen by ${target.source}.`;
  const code = errorCode(error) ?? '';
  const message = deepestMessage(error);

  if (code === 'ECONNREFUSED' || code === 'ENOENT') {
    return refuse(`No PostgreSQL server answers at ${server}`, `Is it running? ${from}`);
  }
  if (/^(ENOTFOUND|EAI_\w+)$/.test(code)) {
    return refuse(`The host name of ${server} is not known`, from);
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    return refuse(
      `No connection to ${server} can be opened: this process has as many open files as it may (${code})`,
      'Use fewer --workers, or raise the limit (ulimit -n).',
    );
  }
  if ((code === 'EACCES' || code === 'EPERM') && isSocket(host)) {
    return refuse(`The socket in ${server} may not be used by this user (${code})`, from);
  }
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE)$/.test(code) || /timeout/i.test(message)) {
    return refuse(`The server at ${server} cannot be reached (${code || 'time-out'})`, from);
  }
  if (/does not support SSL/i.test(message)) {
    return refuse(`The server at ${server} does not offer TLS`, 'Use sslmode=disable if that is acceptable.');
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return refuse(
      `The TLS certificate of ${server} is not for this name (${code})`,
      'sslmode=verify-full wants the host to be named as in the certificate.',
    );
  }
  if (/CERT|CRL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code) && !code.startsWith('ERR_SSL')) {
    return refuse(
      `The TLS certificate of ${server} is not accepted (${code})`,
      'Name its authority with sslrootcert.',
    );
  }
  if (/^(ERR_TLS|ERR_SSL|EPROTO)/.test(code) || /request for TLS/.test(message)) {
    return refuse(`The TLS handshake with ${server} failed: ${code || message}`, from);
  }
  const parameter = /unsupported startup parameter:? "?(\w+)/i.exec(message)?.[1];
  if (parameter !== undefined) {
    return refuse(
      `The server at ${server} is a pooler that takes no ${parameter}; a direct connection to the server is needed`,
      `Give the direct URL in AQUASEED_DIRECT_URL or DIRECT_URL, or leave ${parameter} out where the pooler is in session mode. ${from}`,
    );
  }
  if (/authenticationOk message type|Only mechanism/i.test(message)) {
    return refuse(
      `The server at ${server} wants an authentication that is not spoken here (GSSAPI, SSPI, OAuth)`,
      'A password (scram-sha-256, md5), a certificate, peer and trust are.',
    );
  }
  if (/client password must be a/i.test(message)) {
    return refuse(
      `The server at ${server} asks for a password of role "${target.user}", and none was given`,
      'Put it into the URL, PGPASSWORD or the password file (~/.pgpass).',
    );
  }
  if (code === '28P01') {
    return refuse(`The password of role "${target.user}" was not accepted by ${server}`, from);
  }
  if (code === '28000') {
    if (/no encryption|SSL off/i.test(message) && !target.tls.isRequired) {
      return refuse(
        `The server at ${server} accepts role "${target.user}" only over TLS`,
        target.tls.channels.includes('tls')
          ? from
          : 'Add ?sslmode=require to the URL, or set PGSSLMODE=require.',
      );
    }
    if (/does not exist/i.test(message))
      return refuse(`Role "${target.user}" does not exist on ${server}`, from);
    return refuse(`The server at ${server} does not let role "${target.user}" in: ${message}`, from);
  }
  if (code === '3D000') {
    return refuse(
      `Database "${target.database}" does not exist on ${server}`,
      'Create it first (createdb), or choose another one with --database.',
    );
  }
  if (code === '53300') {
    return refuse(
      `The server at ${server} has no free connection left: ${message}`,
      'Use fewer --workers, or raise max_connections.',
    );
  }
  if (code === '42501') {
    return refuse(
      `Role "${target.user}" may not connect to database "${target.database}" on ${server}: ${message}`,
      `An owner can allow it: grant connect on database ${target.database} to ${target.user};`,
    );
  }
  if (code === '57P03') return refuse(`The server at ${server} is starting or stopping: ${message}`);
  if (/^57P0[12]$/.test(code) || /connection terminated|socket/i.test(message)) {
    return refuse(`The server at ${server} ended the connection: ${message}`);
  }
  return refuse(`Cannot connect to ${target.display}: ${message}`, from);
}

function deepestMessage(error: unknown): string {
  let message = String(error);
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (at.message !== '') message = at.message;
  }
  return message.split('\n')[0] ?? '';
}
