import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findUser, isRoot } from '../../src/driver/database/embedded/system-user.ts';
import { login } from '../../src/driver/database/login.ts';
import { inParallel } from '../../src/driver/database/parallel.ts';
import { PARAMETERS } from '../../src/driver/database/parameters.ts';
import { openClient } from '../../src/driver/database/pool.ts';
import { parseDatabaseUrl } from '../../src/driver/database/target.ts';
import { UserError } from '../../src/errors.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { startDebianServer, type TestServer, unusedPort } from '../support/servers.ts';

/**
 * The same connection strings to psql and to our driver, against a server with TLS, a standby and a port where
 * nobody listens: both connect, to the same server in the same way, or both refuse.
 */

/** The program itself: that in the path of Debian is a wrapper, which chooses a cluster. */
const PSQL = '/usr/lib/postgresql/15/bin/psql';
const HAS_PSQL = existsSync(PSQL);

const PASSWORD = 'tester-secret';
const HBA = `
local     all all                               scram-sha-256
hostssl   all by_certificate 127.0.0.1/32       cert
hostssl   all only_tls       127.0.0.1/32       scram-sha-256
hostnossl all only_plain     127.0.0.1/32       scram-sha-256
host      all by_md5         127.0.0.1/32       md5
host      all in_the_clear   127.0.0.1/32       password
host      all trusted        127.0.0.1/32       trust
host      all by_gss         127.0.0.1/32       gss
host      all all            127.0.0.1/32       scram-sha-256
`;

let directory = '';
let server: TestServer | null = null;
let standby: TestServer | null = null;
let files: Certificates;
let closed = 0;

beforeAll(async () => {
  if (!HAS_PSQL) return;
  directory = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'aquaseed-psql-')));
  chmodSync(directory, 0o755);
  files = makeCertificates(directory);
  const owner = isRoot() ? (findUser('postgres') ?? findUser('nobody')) : undefined;
  mkdirSync(path.join(directory, 'socket'));
  if (owner !== undefined) {
    chownSync(path.join(directory, 'socket'), owner.uid, owner.gid);
    chownSync(files.serverKey, owner.uid, owner.gid);
  }
  server = await startDebianServer(15, {
    hba: HBA,
    settings: {
      unix_socket_directories: path.join(directory, 'socket'),
      ssl: 'on',
      ssl_cert_file: files.server,
      ssl_key_file: files.serverKey,
      ssl_ca_file: files.root,
    },
  });
  standby = await startDebianServer(15);
  if (server === null || standby === null) return;
  await standby.stop();
  writeFileSync(path.join(standby.dataDirectory, 'standby.signal'), '');
  if (owner !== undefined) {
    chownSync(path.join(standby.dataDirectory, 'standby.signal'), owner.uid, owner.gid);
  }
  await standby.start();
  closed = await unusedPort();
  const client = await openClient(server.target('postgres'));
  for (const role of ['only_tls', 'only_plain', 'in_the_clear', 'trusted', 'by_certificate', 'by_gss']) {
    await client.query(`create role ${role} login password '${PASSWORD}'`);
  }
  await client.query(`set password_encryption = 'md5'; create role by_md5 login password '${PASSWORD}'`);
  await client.query(`create role "odd@:/%" login password 'o:d@d/%&?#='`);
  await client.query('create role reading login password $$tester-secret$$');
  await client.query('alter role reading set default_transaction_read_only = on');
  await client.query('create database "a/b c"');
  await client.end();
});
afterAll(async () => {
  await server?.remove();
  await standby?.remove();
  if (directory !== '') rmSync(directory, { recursive: true });
});

type Case = {
  /** {p} is the port of the server, {s} of the standby, {c} one where nobody listens, {d} the directory of files. */
  text: string;
  env?: Record<string, string>;
  /** Files of the home directory. */
  home?: Record<string, string>;
  /** Mode of these files. */
  mode?: number;
};

const login1 = 'user=tester password=tester-secret dbname=postgres';
const url1 = 'postgres://tester:tester-secret@localhost:{p}/postgres';
const home = (name: string): string => `{d}/${name}`;
const own = (text: string, more: Omit<Case, 'text'> = {}): Case => ({ text, ...more });

const CASES: Case[] = [
  // The shapes of a string
  own(url1),
  own('postgresql://tester:tester-secret@localhost:{p}/postgres'),
  own(`host=localhost port={p} ${login1}`),
  own(`  host = localhost port= {p}   ${login1}  `),
  own("host='localhost' port='{p}' user='tester' password='tester-secret' dbname='a/b c'"),
  own('host=localhost port={p} user=tester password=tester-secret dbname=a/b\\ c'),
  own("host=localhost port={p} user='odd@:/%' password='o:d@d/%&?#=' dbname=postgres"),
  own("host=localhost port={p} user=tester password='tester\\-secret' dbname=postgres"),
  own("host=localhost port={p} user=tester password='tester-secret dbname=postgres"),
  own('host=localhost port={p} user=tester password=tester-secret dbname'),
  own('host=localhost port={p} user=tester password=tester-secret dbname=postgres pool=3'),
  own('postgres://tester:tester-secret@localhost:{p}/a%2Fb%20c'),
  own('postgres://tester:tester-secret@localhost:{p}/a/b%20c'),
  own('postgres://odd%40%3A%2F%25:o%3Ad%40d%2F%25%26%3F%23%3D@localhost:{p}/postgres'),
  own('postgres://odd%40%3A%2F%25:o:d%40d%2F%25&?#=@localhost:{p}/postgres'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?'),
  own('postgres://tester:wrong@localhost:{p}/postgres'),
  own('postgres://tester@localhost:{p}/postgres'),
  own('postgres://tester:tester-secret@localhost:{p}/none'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?pgbouncer=true'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?schema=public'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?sslmode'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?options=a=b'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?options=-c%20geqo%3Doff'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?options=-c+geqo%3Doff'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?options=-c%20no_such_thing%3Doff'),
  own('postgres://tester:tester%2secret@localhost:{p}/postgres'),
  own('postgres://localhost/postgres?user=tester&password=tester-secret&port={p}'),
  own('postgres:///postgres?host=localhost&user=tester&password=tester-secret&port={p}'),
  own('postgres://tester:tester-secret@/postgres?host=localhost&port={p}'),
  own('postgres://tester:tester-secret@other.invalid:{p}/postgres?host=localhost'),
  own('postgres://tester:tester-secret@localhost:{p}/none?dbname=postgres'),
  own(
    'postgres://tester:tester-secret@localhost:{p}/postgres?connect_timeout=10&keepalives=0&keepalives_idle=5',
  ),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?connect_timeout=soon'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?application_name=x&client_encoding=UTF8'),
  own(
    'postgres://tester:tester-secret@localhost:{p}/postgres?keepalives_interval=5&keepalives_count=2&tcp_user_timeout=900',
  ),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?gssencmode=disable&krbsrvname=x&gsslib=gssapi'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?gssencmode=require'),
  own('postgres://tester:tester-secret@localhost:{p}/postgres?replication=off&sslcompression=0&sslsni=0'),
  own('postgres://tester:tester-secret@localhost:x/postgres'),
  own('postgres://tester:tester-secret@localhost:99999/postgres'),
  own('postgres://tester:tester-secret@localhost:{c}/postgres'),
  own('postgres://tester:tester-secret@no-such-host.invalid:{p}/postgres'),
  // Addresses and sockets
  own('postgres://tester:tester-secret@127.0.0.1:{p}/postgres'),
  own('postgres://tester:tester-secret@[::1]:{p}/postgres'),
  own('postgres://tester:tester-secret@[::1:{p}/postgres'),
  own(`hostaddr=127.0.0.1 port={p} ${login1}`),
  own(`host=no-such-host.invalid hostaddr=127.0.0.1 port={p} ${login1}`),
  own(`host={d}/socket port={p} ${login1}`),
  own('postgres:///postgres?host={d}/socket&port={p}&user=tester&password=tester-secret'),
  own('postgres://tester:tester-secret@{D}%2Fsocket:{p}/postgres'),
  own(`host={d}/socket port={p} ${login1} sslmode=require`),
  own(`host={d}/none port={p} ${login1}`),
  own(`host=@aquaseed-none port={p} ${login1}`),
  // TLS
  ...['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'sometimes'].flatMap((mode) => [
    own(`${url1}?sslmode=${mode}`),
    own(`${url1}?sslmode=${mode}&sslrootcert={d}/root.crt`),
    own(`${url1}?sslmode=${mode}&sslrootcert={d}/other.crt`),
    own(`host=127.0.0.1 port={p} ${login1} sslmode=${mode} sslrootcert={d}/root.crt`),
    own(`host=localhost hostaddr=127.0.0.1 port={p} ${login1} sslmode=${mode} sslrootcert={d}/root.crt`),
    own(`host=localhost port={p} user=only_tls password=tester-secret dbname=postgres sslmode=${mode}`),
    own(`host=localhost port={p} user=only_plain password=tester-secret dbname=postgres sslmode=${mode}`),
    own(`host=127.0.0.1 port={s} ${login1} sslmode=${mode}`),
    own(`${url1}?sslmode=${mode}`, { home: { '.postgresql/root.crt': 'root.crt' } }),
    own(`${url1}?sslmode=${mode}`, { home: { '.postgresql/root.crt': 'other.crt' } }),
    own(`${url1}?sslmode=${mode}&sslrootcert={d}/root.crt&sslcrl={d}/empty.crl`),
    own(`${url1}?sslmode=${mode}&sslrootcert={d}/root.crt&sslcrl={d}/revoking.crl`),
  ]),
  own(`${url1}?requiressl=1`),
  own(`${url1}?ssl=true`),
  own(url1, { env: { PGSSLMODE: 'require' } }),
  own(url1, { env: { PGSSLMODE: 'verify-full' } }),
  own(url1, { env: { PGSSLMODE: 'verify-full', PGSSLROOTCERT: '{d}/root.crt' } }),
  own(`${url1}?sslmode=verify-full&sslrootcert={d}/root.crt&sslsni=0`),
  own(`${url1}?sslmode=require&ssl_min_protocol_version=TLSv1.3`),
  own(`${url1}?sslmode=require&ssl_max_protocol_version=TLSv1.2`),
  own(`${url1}?sslmode=require&ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2`),
  own(`${url1}?sslmode=require&ssl_min_protocol_version=TLSv9`),
  own('postgres://by_certificate@localhost:{p}/postgres'),
  own('postgres://by_certificate@localhost:{p}/postgres?sslcert={d}/client.crt&sslkey={d}/client.key'),
  own('postgres://by_certificate@localhost:{p}/postgres?sslcert={d}/client.crt&sslkey={d}/open.key'),
  own('postgres://by_certificate@localhost:{p}/postgres?sslcert={d}/client.crt'),
  own(
    'postgres://tester:tester-secret@localhost:{p}/postgres?sslcert={d}/server.crt&sslkey={d}/client.key&sslmode=require',
  ),
  own(
    'postgres://by_certificate@localhost:{p}/postgres?sslcert={d}/client.crt&sslkey={d}/locked.key&sslpassword=key-secret',
  ),
  own(
    'postgres://by_certificate@localhost:{p}/postgres?sslcert={d}/client.crt&sslkey={d}/locked.key&sslpassword=no',
  ),
  own('postgres://by_certificate@localhost:{p}/postgres', {
    home: { '.postgresql/postgresql.crt': 'client.crt', '.postgresql/postgresql.key': 'client.key' },
  }),
  own('postgres://by_certificate@localhost:{p}/postgres', {
    home: { '.postgresql/postgresql.crt': 'client.crt', '.postgresql/postgresql.key': 'client.key' },
    mode: 0o644,
  }),
  own(`${url1}?sslmode=verify-full`, {
    home: { '.postgresql/root.crt': 'root.crt', '.postgresql/root.crl': 'revoking.crl' },
  }),
  // Authentication
  ...['by_md5', 'in_the_clear', 'trusted', 'by_gss', 'tester'].flatMap((role) =>
    ['disable', 'prefer', 'require'].map((binding) =>
      own(
        `host=localhost port={p} dbname=postgres user=${role} password=tester-secret channel_binding=${binding}`,
      ),
    ),
  ),
  own(`${url1}?sslmode=disable&channel_binding=require`),
  own(`${url1}?sslmode=require&channel_binding=require`),
  own(`${url1}?channel_binding=perhaps`),
  own('postgres://localhost:{p}/postgres', { env: { PGUSER: 'tester', PGPASSWORD: PASSWORD } }),
  own('postgres://tester@localhost:{p}/postgres', { env: { PGPASSWORD: 'wrong' } }),
  // Variables and services
  own('dbname=postgres', {
    env: { PGHOST: 'localhost', PGPORT: '{p}', PGUSER: 'tester', PGPASSWORD: PASSWORD },
  }),
  own('postgres://', {
    env: {
      PGHOST: 'localhost',
      PGPORT: '{p}',
      PGUSER: 'tester',
      PGPASSWORD: PASSWORD,
      PGDATABASE: 'postgres',
    },
  }),
  own('postgres://tester:tester-secret@no-such-host.invalid:{p}/postgres', {
    env: { PGHOSTADDR: '127.0.0.1' },
  }),
  own(url1, { env: { PGOPTIONS: '-c geqo=off' } }),
  own(url1, { env: { PGOPTIONS: '-c nothing=off' } }),
  own(url1, { env: { PGTARGETSESSIONATTRS: 'standby' } }),
  own(url1, { env: { PGCONNECT_TIMEOUT: '5', PGAPPNAME: 'x', PGCLIENTENCODING: 'UTF8' } }),
  own('service=farm', {
    home: {
      '.pg_service.conf':
        '# x\n[farm]\nhost=localhost\nport={p}\ndbname=postgres\nuser=tester\npassword=tester-secret\n',
    },
  }),
  own('service=farm user=only_plain', {
    home: {
      '.pg_service.conf':
        '[other]\nhost=x\n\n[farm]\nhost=localhost\nport={p}\ndbname=postgres\nuser=tester\npassword=tester-secret\n',
    },
  }),
  own('postgres:///?service=farm', {
    home: {
      '.pg_service.conf':
        '[farm]\nhost=localhost\nport={p}\ndbname=postgres\nuser=tester\npassword=tester-secret\n[x]\nport=1\n',
    },
  }),
  own('dbname=postgres', {
    env: { PGSERVICE: 'farm', PGSERVICEFILE: '{h}/services', PGUSER: 'nobody' },
    home: { services: '[farm]\r\nhost=localhost\r\nport={p}\r\nuser=tester\r\npassword=tester-secret\r\n' },
  }),
  own('service=none', { home: { '.pg_service.conf': '[farm]\nhost=localhost\n' } }),
  own('service=farm', { home: { '.pg_service.conf': '[farm]\nhost = localhost\n' } }),
  own('service=farm', { home: { '.pg_service.conf': '[farm]\nhost=localhost\nservice=other\n' } }),
  own('service=farm', { home: { '.pg_service.conf': '[farm]\nhost=localhost\npool=3\n' } }),
  own('service=farm', { env: { PGSERVICEFILE: '{h}/none' } }),
  // The password file
  ...[
    'localhost:{p}:postgres:tester:tester-secret',
    '*:*:*:*:tester-secret',
    'localhost:{p}:*:tester:tester-secret\r',
    '# comment\n\n  \nlocalhost:{p}:postgres:tester:tester-secret:more',
    'localhost:5432:postgres:tester:tester-secret',
    'localhost:{p}:postgres:other:tester-secret',
    '127.0.0.1:{p}:postgres:tester:tester-secret',
    '*:*:*:*:wrong\nlocalhost:{p}:postgres:tester:tester-secret',
    'localhost:{p}:postgres:tester:tester\\-secret',
    'local\\host:{p}:postgres:tester:tester-secret',
    'localhost:{p}:postgres:tester',
    'localhost:{p}:postgres:tester:',
    'LOCALHOST:{p}:postgres:tester:tester-secret',
    'local*:{p}:postgres:tester:tester-secret',
    `${'x'.repeat(5000)}:1:x:x:x\nlocalhost:{p}:postgres:tester:tester-secret`,
  ].map((line) => own('postgres://tester@localhost:{p}/postgres', { home: { '.pgpass': `${line}\n` } })),
  own("host=localhost port={p} user='odd@:/%' dbname=postgres", {
    home: { '.pgpass': 'localhost:{p}:postgres:odd@\\:/%:o\\:d@d/%&?#=' },
  }),
  own('postgres://tester@localhost:{p}/postgres', {
    home: { '.pgpass': '*:*:*:*:tester-secret' },
    mode: 0o640,
  }),
  own('postgres://tester@localhost:{p}/postgres', {
    home: { '.pgpass': '*:*:*:*:tester-secret' },
    mode: 0o400,
  }),
  own('postgres://tester@localhost:{p}/postgres', {
    env: { PGPASSFILE: '{h}/mine' },
    home: { mine: '*:*:*:*:tester-secret', '.pgpass': '*:*:*:*:wrong' },
  }),
  own('postgres://tester@localhost:{p}/postgres?passfile={h}/mine', {
    home: { mine: '*:*:*:*:tester-secret' },
  }),
  own('postgres://tester@localhost:{p}/postgres', {
    env: { PGPASSFILE: '{h}/none' },
    home: { '.pgpass': '*:*:*:*:tester-secret' },
  }),
  own('host={d}/socket port={p} user=tester dbname=postgres', {
    home: { '.pgpass': '{d}/socket:{p}:postgres:tester:tester-secret' },
  }),
  own('host={d}/socket port={p} user=tester dbname=postgres', {
    home: { '.pgpass': 'localhost:{p}:postgres:tester:tester-secret' },
  }),
  own('hostaddr=127.0.0.1 port={p} user=tester dbname=postgres', {
    home: { '.pgpass': '127.0.0.1:{p}:postgres:tester:tester-secret' },
  }),
  own('host=localhost hostaddr=127.0.0.1 port={p} user=tester dbname=postgres', {
    home: { '.pgpass': '127.0.0.1:{p}:postgres:tester:tester-secret' },
  }),
  own('host=localhost hostaddr=127.0.0.1 port={p} user=tester dbname=postgres', {
    home: { '.pgpass': 'localhost:{p}:postgres:tester:tester-secret' },
  }),
  own('host=localhost,127.0.0.1 port={c},{p} user=tester dbname=postgres', {
    home: { '.pgpass': 'localhost:*:*:*:wrong\n127.0.0.1:{p}:postgres:tester:tester-secret' },
  }),
  // Several hosts
  own('postgres://tester:tester-secret@localhost:{c},localhost:{p}/postgres'),
  own('postgres://tester:tester-secret@no-such-host.invalid,localhost/postgres?port={p}'),
  own(`host={d}/none,localhost port={p} ${login1}`),
  own(`host=localhost,localhost port={p},{c} ${login1}`),
  own(`host=localhost,localhost,localhost port={p},{c} ${login1}`),
  own(`host=a.invalid,b.invalid hostaddr=127.0.0.1,127.0.0.1 port={c},{p} ${login1}`),
  own(`host=a.invalid hostaddr=127.0.0.1,127.0.0.1 port={c},{p} ${login1}`),
  own('host=localhost,127.0.0.1 port={p},{s} user=tester password=wrong dbname=postgres'),
  own(`host=127.0.0.1,localhost port={s},{p} user=only_plain password=tester-secret dbname=postgres`),
  ...['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby', 'best'].flatMap(
    (attributes) => [
      own(`host=localhost port={p} ${login1} target_session_attrs=${attributes}`),
      own(`host=127.0.0.1 port={s} ${login1} target_session_attrs=${attributes}`),
      own(`host=127.0.0.1,localhost port={s},{p} ${login1} target_session_attrs=${attributes}`),
      own(`host=localhost,127.0.0.1 port={p},{s} ${login1} target_session_attrs=${attributes}`),
      own(
        `host=localhost port={p} user=reading password=tester-secret dbname=postgres target_session_attrs=${attributes}`,
      ),
    ],
  ),
];

/** Where we refuse what psql takes, or the other way round, and why. */
const DIFFERENCES: [string, Case, 'psql' | 'ours'][] = [
  ['a file that was named is read, or there is an error', own(`${url1}?sslrootcert={d}/none`), 'psql'],
  ['the same', own(`${url1}?sslmode=require&sslcert={d}/none`), 'psql'],
  ['the same', own(`${url1}?sslmode=verify-ca&sslrootcert={d}/root.crt&sslcrl={d}/none`), 'psql'],
  ['without TLS its own word of node', own(`${url1}?sslmode=no-verify`), 'ours'],
  ['rows only come in a session', own(`host={d}/socket port={p} ${login1} requirepeer=postgres`), 'psql'],
];

function fill(text: string, homeDirectory: string): string {
  return text
    .replaceAll('{p}', String(server?.port))
    .replaceAll('{s}', String(standby?.port))
    .replaceAll('{c}', String(closed))
    .replaceAll('{d}', directory)
    .replaceAll('{D}', encodeURIComponent(directory))
    .replaceAll('{h}', homeDirectory);
}

let homes = 0;

/** The string, and an environment with a home directory of its own. */
function prepare({ text, env = {}, home: wanted = {}, mode = 0o600 }: Case): {
  text: string;
  env: Record<string, string>;
} {
  const at = path.join(directory, `home-${homes++}`);
  mkdirSync(path.join(at, '.postgresql'), { recursive: true });
  for (const [name, content] of Object.entries(wanted)) {
    const file = path.join(at, name);
    if (/^\w+\.(crt|key|crl)$/.test(content)) copyFileSync(path.join(directory, content), file);
    else writeFileSync(file, fill(content, at));
    chmodSync(file, mode);
  }
  const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value, at)]));
  return { text: fill(text, at), env: { HOME: at, ...filled } };
}

const QUESTION = `select current_user, current_database(), coalesce(inet_server_port(), 0), pg_is_in_recovery(),
  current_setting('geqo'), (select ssl::text || coalesce(version, '') from pg_stat_ssl where pid = pg_backend_pid())`;

async function askPsql({ text, env }: ReturnType<typeof prepare>): Promise<string> {
  const child = spawn(PSQL, ['-X', '-w', '-At', '-F', ' ', '-c', QUESTION, text], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', PGCONNECT_TIMEOUT: '10', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return code === 0 ? output.trim() : 'refused';
}

async function askOurs({ text, env }: ReturnType<typeof prepare>): Promise<string> {
  try {
    const client = await login(parseDatabaseUrl(text, 'named', env));
    const { rows } = await client.query({ text: QUESTION, rowMode: 'array' });
    await client.end();
    const [row = []] = rows as unknown[][];
    return row.map((it) => (typeof it === 'boolean' ? (it ? 't' : 'f') : String(it))).join(' ');
  } catch (error) {
    // Anything else is a defect, as is a message of several lines or with a password.
    if (!(error instanceof UserError)) throw error;
    expect(error.message + (error.hint ?? '')).not.toMatch(/tester-secret|o:d@d|key-secret/);
    expect(error.message).not.toContain('\n');
    return 'refused';
  }
}

describe('psql and this program', () => {
  it(`agree about ${CASES.length} connections`, async (context) => {
    if (!HAS_PSQL || server === null || standby === null)
      return context.skip('psql or PostgreSQL 15 is missing');
    copyFileSync(files.clientKey, home('open.key').replace('{d}', directory));
    chmodSync(path.join(directory, 'open.key'), 0o644);
    const disagreements: unknown[] = [];
    const answers = new Set<string>();
    await inParallel(CASES, 4, async (it) => {
      const prepared = prepare(it);
      const [psql, ours] = await Promise.all([askPsql(prepared), askOurs(prepared)]);
      answers.add(psql === 'refused' ? psql : 'connected');
      if (psql !== ours) disagreements.push({ ...prepared, psql, ours });
    });
    expect(disagreements).toEqual([]);
    expect([...answers].sort()).toEqual(['connected', 'refused']);
  }, 600_000);

  it.for(DIFFERENCES)('differ: %s', async ([, it, connects], context) => {
    if (!HAS_PSQL || server === null || standby === null)
      return context.skip('psql or PostgreSQL 15 is missing');
    const prepared = prepare(it);
    const answers = { psql: await askPsql(prepared), ours: await askOurs(prepared) };
    expect(answers[connects]).not.toBe('refused');
    expect(answers[connects === 'psql' ? 'ours' : 'psql']).toBe('refused');
  });

  it('know the same parameters and variables', async (context) => {
    if (!HAS_PSQL || server === null || standby === null)
      return context.skip('psql or PostgreSQL 15 is missing');
    // Those that came with libpq 16, 17 and 18.
    const later =
      /^(require_auth|sslcertmode|load_balance_hosts|gssdelegation|sslnegotiation|servicefile|sslkeylogfile|(min|max)_protocol_version|scram_\w+|oauth_\w+)$/;
    const unknown: string[] = [];
    for (const name of Object.keys(PARAMETERS)) {
      const child = spawn(PSQL, ['-X', '-w', `port=${closed} ${name}=''`], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      await new Promise((resolve) => child.on('close', resolve));
      if (said.includes('invalid connection option')) unknown.push(name);
    }
    expect(unknown).toEqual(Object.keys(PARAMETERS).filter((it) => later.test(it)));
    // Every variable that the library has in it is in the table, or is no parameter.
    const library = findLibrary();
    if (library === undefined) return;
    const others = ['PGDATESTYLE', 'PGTZ', 'PGGEQO', 'PGLOCALEDIR', 'PGSYSCONFDIR', 'PGRES', 'PGREALM'];
    const known = [...Object.values(PARAMETERS).map((it) => it.env), ...others];
    const inside = [...readFileSync(library, 'latin1').matchAll(/\0(PG[A-Z_]{2,})(?=\0)/g)].map(
      (it) => it[1] ?? '',
    );
    expect(inside).toContain('PGHOSTADDR');
    expect(inside.filter((it) => !known.includes(it) && !it.startsWith('PGRES_'))).toEqual([]);
  }, 600_000);
});

/** The libpq that psql uses. */
function findLibrary(): string | undefined {
  for (const directory of ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64']) {
    try {
      return realpathSync(path.join(directory, 'libpq.so.5'));
    } catch {
      // Another one.
    }
  }
  return undefined;
}
