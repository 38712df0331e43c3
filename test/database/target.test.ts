import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import {
  parseDatabaseUrl,
  resolveTarget,
  type ServerTarget,
  type Target,
  urlWithPassword,
  withDatabase,
} from '../../src/driver/database/target.ts';
import { UserError } from '../../src/errors.ts';

const directory = mkdtempSync(path.join(os.tmpdir(), 'aquaseed-target-'));
afterAll(() => rmSync(directory, { recursive: true }));

function server(target: Target): ServerTarget {
  if (target.kind !== 'server') throw new Error('expected a server');
  return target;
}

function thrown(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('resolveTarget', () => {
  const url = 'postgres://anna:s3cret@db.example.com:6543/farm';
  const cases: [string, Parameters<typeof resolveTarget>, string, string][] = [
    [
      'the option wins over everything',
      [{ databaseUrl: url }, { DATABASE_URL: 'postgres://b@c/d', PGHOST: 'e' }],
      '--database-url',
      'postgres://anna@db.example.com:6543/farm',
    ],
    [
      'DATABASE_URL wins over PG* variables',
      [{}, { DATABASE_URL: url, PGHOST: 'e', PGDATABASE: 'f' }],
      'DATABASE_URL',
      'postgres://anna@db.example.com:6543/farm',
    ],
    [
      'one PG* variable is enough',
      [{}, { PGDATABASE: 'farm', PGUSER: 'bo' }],
      'PG* variables',
      'postgres://bo@localhost:5432/farm',
    ],
    [
      'all of them',
      [{}, { PGHOST: 'h', PGPORT: '7', PGDATABASE: 'd', PGUSER: 'u', PGPASSWORD: 's3cret' }],
      'PG* variables',
      'postgres://u@h:7/d',
    ],
    ['with nothing, the embedded server', [{}, {}], 'embedded', 'embedded server, database aquaseed'],
    [
      'empty variables count as absent',
      [{}, { DATABASE_URL: '', PGHOST: '' }],
      'embedded',
      'embedded server, database aquaseed',
    ],
    [
      '--database changes the database of a URL',
      [{ databaseUrl: url, database: 'other' }, {}],
      '--database-url',
      'postgres://anna@db.example.com:6543/other',
    ],
    ['and of the embedded server', [{ database: 'x' }, {}], 'embedded', 'embedded server, database x'],
    [
      'a URL without a database means the one named like the user',
      [{ databaseUrl: 'postgres://anna@h' }, {}],
      '--database-url',
      'postgres://anna@h:5432/anna',
    ],
    [
      'an IPv6 address',
      [{ databaseUrl: 'postgresql://anna@[::1]:5433/farm' }, {}],
      '--database-url',
      'postgres://anna@[::1]:5433/farm',
    ],
    [
      'a socket directory',
      [{ databaseUrl: 'postgres://anna@/farm?host=/run/postgresql' }, {}],
      '--database-url',
      'postgres://anna@%2Frun%2Fpostgresql:5432/farm',
    ],
  ];
  it.each(cases)('%s', (_name, [options, env], source, display) => {
    const target = resolveTarget(options, env);
    expect(target.source).toBe(source);
    expect(target.display).toBe(display);
    expect(inspect(target, { depth: 5 }) + JSON.stringify(target)).not.toContain('s3cret');
  });

  it('reads a service file', () => {
    const file = path.join(directory, 'service.conf');
    writeFileSync(
      file,
      '[other]\nhost=no\n# comment\n[farm]\nhost=svc\nport=7777\ndbname=d\nuser=u\npassword=pw\n',
    );
    const target = server(resolveTarget({}, { PGSERVICE: 'farm', PGSERVICEFILE: file, PGUSER: 'ignored' }));
    expect(target.display).toBe('postgres://u@svc:7777/d');
    expect(target.password()).toBe('pw');
    const missing = thrown(() =>
      resolveTarget({}, { PGSERVICE: 'none', PGSERVICEFILE: file, HOME: directory }),
    );
    expect(missing).toMatchObject({ exitCode: 2, message: 'Service "none" was not found' });
  });

  it('finds the password where psql finds it', () => {
    const file = path.join(directory, 'pgpass');
    writeFileSync(file, '# comment\nother:5432:*:anna:no\nh:5432:*:anna:with\\:colon\n*:*:*:*:last\n', {
      mode: 0o600,
    });
    const env = { PGPASSFILE: file };
    expect(parseDatabaseUrl('postgres://anna@h/x', 'named', env).password()).toBe('with:colon');
    expect(parseDatabaseUrl('postgres://bo@h/x', 'named', env).password()).toBe('last');
    expect(parseDatabaseUrl('postgres://bo:own@h/x', 'named', env).password()).toBe('own');
    expect(parseDatabaseUrl('postgres://bo@h/x', 'named', { ...env, PGPASSWORD: 'e' }).password()).toBe('e');
    expect(parseDatabaseUrl('postgres://bo@h/x', 'named', { HOME: directory }).password()).toBeUndefined();
  });

  it('prefers TLS, and a direct URL beside a DATABASE_URL', () => {
    const target = server(
      resolveTarget(
        {},
        { DATABASE_URL: 'postgres://pooler/x?pgbouncer=true', DIRECT_URL: 'postgres://direct/x' },
      ),
    );
    expect([target.source, target.host, target.tls.channels]).toEqual([
      'DIRECT_URL',
      'direct',
      ['tls', 'plain'],
    ]);
    const own = { AQUASEED_DIRECT_URL: 'postgres://own/x', DIRECT_URL: 'postgres://direct/x' };
    expect(resolveTarget({}, { ...own, DATABASE_URL: 'postgres://pooler/x' }).source).toBe(
      'AQUASEED_DIRECT_URL',
    );
    expect(resolveTarget({}, { AQUASEED_DIRECT_URL: 'postgres://own/x' }).source).toBe('AQUASEED_DIRECT_URL');
    // Of other programs, when there is no DATABASE_URL beside it.
    expect(resolveTarget({}, { DIRECT_URL: 'postgres://direct/x' }).kind).toBe('embedded');
    expect(resolveTarget({ databaseUrl: 'postgres://h/x' }, own).source).toBe('--database-url');
  });
});

describe('a malformed URL', () => {
  const secret = 'hunter2';
  it.each([
    ['empty', '', 'it is empty'],
    ['another scheme', `mysql://u:${secret}@h/d`, 'does not start with postgres://'],
    ['no scheme', `u:${secret}@h/d`, 'does not start with postgres://'],
    ['port', `postgres://u:${secret}@h:port/d`, 'cannot be read'],
    ['port too high', `postgres://u:${secret}@h:99999/d`, 'not a number from 1 to 65535'],
    ['/ in the password', `postgres://u:12/${secret}@h/d`, 'an @ after the host'],
    ['/ in the password, no database', `postgres://u:12/${secret}@h`, 'an @ after the host'],
    ['/ and ? in the password', `postgres://u:12/3?${secret}=@h/d`, 'an unknown parameter'],
    ['/ and no digits in the password', `postgres://u:x/${secret}@h`, 'an @ after the host'],
    ['@ in the password', `postgres://u:12@${secret}@h/d`, 'more than one @'],
    ['% in the password', `postgres://u:${secret}%zz@h/d`, 'not followed by two hexadecimal digits'],
    ['a space', `postgres://u:${secret} x@h/d`, 'contains a space'],
    ['an unknown parameter', `postgres://u:${secret}@h/d?pool=${secret}`, 'the unknown parameter "pool"'],
    ['one of Prisma', `postgres://u:${secret}@h/d?pgbouncer=true`, 'the unknown parameter "pgbouncer"'],
    ['a name of Object', `postgres://u:${secret}@h/d?constructor=1`, 'the unknown parameter "constructor"'],
    ['no = after the ?', `postgres://u:${secret}@h/d?${secret}`, 'has no ='],
    ['two = after the ?', `postgres://u:${secret}@h/d?options=a=${secret}`, 'more than one ='],
    ['a zero byte', `postgres://u:${secret}%00@h/d`, 'not text in UTF-8'],
    ['half a character', `postgres://u:${secret}%C3@h/d`, 'not text in UTF-8'],
    ['a bracket', `postgres://u:${secret}@[::1/d`, 'cannot be read'],
    ['a quote without end', `host=h password='${secret}`, 'has no end'],
    ['a space in a password', `host=h password=my ${secret} user=u`, 'no parameter=value'],
    ['a space and = in a password', `host=h password=my ${secret}=x user=u`, 'an unknown parameter'],
    ['an unknown word', `host=h password='${secret}' pool=1`, 'the unknown parameter "pool"'],
    ['ports and hosts', `postgres://u:${secret}@a:1,b:2,c:3/d?host=x,y`, '3 ports and 2 hosts'],
    ['addresses and hosts', `host=a,b hostaddr=127.0.0.1 password=${secret}`, '2 hosts and 1 addresses'],
    ['a peer', `host=/tmp requirepeer=${secret}`, 'requirepeer cannot be honoured'],
    ['replication', `postgres://u:${secret}@h/d?replication=database`, 'replication cannot be honoured'],
    ['GSSAPI', `postgres://u:${secret}@h/d?gssencmode=require`, 'gssencmode cannot be honoured'],
    ['methods', `postgres://u:${secret}@h/d?require_auth=${secret}`, 'require_auth must be'],
    ['mixed methods', `postgres://u:${secret}@h/d?require_auth=md5,!none`, 'with and without !'],
    ['a time-out', `postgres://u:${secret}@h/d?connect_timeout=${secret}`, 'connect_timeout must be'],
    [
      'no authority',
      `postgres://u:${secret}@h/d?sslmode=verify-full`,
      'needs the certificate of an authority',
    ],
    ['a weak mode', `postgres://u:${secret}@h/d?sslmode=require&sslrootcert=system`, 'too weak'],
    ['asking', `postgres://u:${secret}@h/d?sslnegotiation=direct`, 'too weak'],
    ['no such file', `postgres://u:${secret}@h/d?sslcrl=/none&sslrootcert=/none`, 'cannot read'],
    ['a wrong sslmode', `postgres://u:${secret}@h/d?sslmode=${secret}`, 'sslmode must be one of'],
  ])('%s: one line, exit 2, no password', (_name, url, fault) => {
    const error = thrown(() => resolveTarget({ databaseUrl: url }, { HOME: directory }));
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain('--database-url');
    expect(error.message).toContain(fault);
    expect(error.message).not.toContain('\n');
    expect(`${error.message} ${error.hint} ${error.stack}`).not.toContain(secret);
  });
});

describe('a target', () => {
  it('keeps special characters of names and passwords', () => {
    const target = parseDatabaseUrl('postgres://a%40b:p%2Fw%23@h/d%20b', 'named');
    expect([target.user, target.password(), target.database]).toEqual(['a@b', 'p/w#', 'd b']);
    expect(urlWithPassword(target)).toBe('postgres://a%40b:p%2Fw%23@h:5432/d%20b');
    expect(urlWithPassword(withDatabase(target, 'n'))).toBe('postgres://a%40b:p%2Fw%23@h:5432/n');
  });
});
