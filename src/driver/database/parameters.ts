/**
 * Every parameter of libpq up to PostgreSQL 18, with the variable that stands for it, and what this program
 * does with it: takes it, ignores it for a reason that is said here, or refuses it, since ignoring it would
 * connect in another way than was asked for. What is not listed is unknown, and named in the error. What libpq
 * sends as settings for PGDATESTYLE, PGTZ and PGGEQO has no effect: sessions set these themselves.
 */
export type Parameter = {
  /** The environment variable that libpq reads. */
  readonly env?: string;
  /** The only values there are. */
  readonly values?: readonly string[];
  /** Why it has no effect. */
  readonly ignored?: string;
  /** Why it is refused, unless it has one of the values that ask for nothing. */
  readonly refused?: { readonly why: string; readonly unless: readonly string[] };
};

const SWITCH = ['0', '1'];
const TLS_VERSIONS = ['', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

const NO_GSS = 'GSSAPI is not spoken here; a server that insists on it is refused by name';
const NO_OAUTH = 'OAuth is not spoken here; a server that insists on it is refused by name';

export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  // Where
  host: { env: 'PGHOST' },
  hostaddr: { env: 'PGHOSTADDR' },
  port: { env: 'PGPORT' },
  dbname: { env: 'PGDATABASE' },
  service: { env: 'PGSERVICE' },
  servicefile: { env: 'PGSERVICEFILE' },
  target_session_attrs: {
    env: 'PGTARGETSESSIONATTRS',
    values: ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'],
  },
  load_balance_hosts: { env: 'PGLOADBALANCEHOSTS', values: ['disable', 'random'] },

  // Who
  user: { env: 'PGUSER' },
  password: { env: 'PGPASSWORD' },
  passfile: { env: 'PGPASSFILE' },
  require_auth: { env: 'PGREQUIREAUTH' },
  channel_binding: { env: 'PGCHANNELBINDING', values: ['disable', 'prefer', 'require'] },
  requirepeer: { env: 'PGREQUIREPEER' },
  krbsrvname: { env: 'PGKRBSRVNAME', ignored: NO_GSS },
  gsslib: { env: 'PGGSSLIB', ignored: NO_GSS },
  gssdelegation: { env: 'PGGSSDELEGATION', ignored: NO_GSS },
  gssencmode: {
    env: 'PGGSSENCMODE',
    values: ['disable', 'prefer', 'require'],
    refused: { why: 'encryption by GSSAPI is not spoken here', unless: ['disable', 'prefer'] },
  },
  scram_client_key: { refused: { why: 'a password is needed', unless: [''] } },
  scram_server_key: { refused: { why: 'a password is needed', unless: [''] } },
  oauth_issuer: { ignored: NO_OAUTH },
  oauth_client_id: { ignored: NO_OAUTH },
  oauth_client_secret: { ignored: NO_OAUTH },
  oauth_scope: { ignored: NO_OAUTH },

  // TLS
  sslmode: {
    env: 'PGSSLMODE',
    // no-verify is node's word for what libpq's require is without a root certificate.
    values: ['disable', 'allow', 'prefer', 'require', 'no-verify', 'verify-ca', 'verify-full'],
  },
  requiressl: { env: 'PGREQUIRESSL', values: SWITCH },
  sslnegotiation: { env: 'PGSSLNEGOTIATION', values: ['postgres', 'direct'] },
  sslrootcert: { env: 'PGSSLROOTCERT' },
  sslcert: { env: 'PGSSLCERT' },
  sslkey: { env: 'PGSSLKEY' },
  sslpassword: {},
  sslcertmode: {
    env: 'PGSSLCERTMODE',
    values: ['disable', 'allow', 'require'],
    refused: {
      why: 'whether the server asked for a certificate cannot be seen here',
      unless: ['disable', 'allow'],
    },
  },
  sslcrl: { env: 'PGSSLCRL' },
  sslcrldir: { env: 'PGSSLCRLDIR' },
  sslsni: { env: 'PGSSLSNI', values: SWITCH },
  ssl_min_protocol_version: { env: 'PGSSLMINPROTOCOLVERSION', values: TLS_VERSIONS },
  ssl_max_protocol_version: { env: 'PGSSLMAXPROTOCOLVERSION', values: TLS_VERSIONS },
  sslcompression: { env: 'PGSSLCOMPRESSION', ignored: 'TLS is never compressed, as in libpq today' },
  sslkeylogfile: { ignored: 'keys of connections are never written' },

  // How
  connect_timeout: { env: 'PGCONNECT_TIMEOUT' },
  options: { env: 'PGOPTIONS' },
  keepalives: { values: SWITCH },
  keepalives_idle: {},
  keepalives_interval: { ignored: 'Node leaves it to the system' },
  keepalives_count: { ignored: 'Node leaves it to the system' },
  tcp_user_timeout: { ignored: 'Node leaves it to the system' },
  application_name: { env: 'PGAPPNAME', ignored: 'sessions are found by the name "aquaseed"' },
  fallback_application_name: { ignored: 'sessions are found by the name "aquaseed"' },
  client_encoding: { env: 'PGCLIENTENCODING', ignored: 'text is always sent and read as UTF-8' },
  replication: {
    refused: {
      why: 'a replication session runs no statements',
      unless: ['', '0', 'false', 'off', 'no'],
    },
  },
  min_protocol_version: {
    env: 'PGMINPROTOCOLVERSION',
    values: ['3.0', '3.2', 'latest'],
    refused: { why: 'version 3.0 is spoken here', unless: ['3.0'] },
  },
  max_protocol_version: {
    env: 'PGMAXPROTOCOLVERSION',
    values: ['3.0', '3.2', 'latest'],
    ignored: 'version 3.0 is spoken, which is the oldest there is',
  },
};

/** Variables that decide which server libpq connects to, and how: those of parameters that are not ignored here. */
export const CONNECTION_VARIABLES: readonly string[] = Object.values(PARAMETERS).flatMap((it) =>
  it.env === undefined || it.ignored !== undefined ? [] : [it.env],
);

/** Parameters of other programs that are met in URLs, and what to do about them. */
export const FOREIGN: Readonly<Record<string, string>> = {
  pgbouncer:
    "It is Prisma's word for a pooler: give the direct URL instead, in AQUASEED_DIRECT_URL or DIRECT_URL.",
  connection_limit: "It is Prisma's own: leave it out.",
  pool_timeout: "It is Prisma's own: leave it out.",
  socket_timeout: "It is Prisma's own: leave it out.",
  statement_cache_size: "It is Prisma's own: leave it out.",
  schema: "It is Prisma's own: leave it out. The tables are in schema public.",
  sslaccept: "It is Prisma's own: use sslmode=verify-full with sslrootcert, or sslmode=require.",
  sslidentity: "It is Prisma's own: use sslcert and sslkey.",
  uselibpqcompat: "It is node-postgres' own: leave it out. Parameters mean here what they mean in psql.",
};
