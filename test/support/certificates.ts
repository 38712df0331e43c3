import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** An authority of a test's own and what it signed, in files of one directory. */
export type Certificates = {
  /** The authority that signed everything else, and one that signed nothing. */
  root: string;
  otherRoot: string;
  /** The certificate and key of the server `localhost`. */
  server: string;
  serverKey: string;
  /** Those of role `by_certificate`. */
  client: string;
  clientKey: string;
  /** The same key behind the password `key-secret`. */
  lockedKey: string;
  /** A list that revokes nothing, and one that revokes the server. */
  emptyList: string;
  revokingList: string;
};

/** Makes them by openssl, which every machine with PostgreSQL has. @throws where it is not there */
export function makeCertificates(directory: string): Certificates {
  const file = (name: string): string => path.join(directory, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  };
  for (const root of ['root', 'other']) {
    openssl(
      ...[
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        `/CN=aquaseed test ${root}`,
      ],
      ...['-keyout', `${root}.key`, '-out', `${root}.crt`],
      ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    );
  }
  writeFileSync(
    file('ca.conf'),
    '[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\n' +
      'default_days=2\ndefault_crl_days=2\npolicy=any\ncopy_extensions=copy\n[any]\ncommonName=supplied\n',
  );
  writeFileSync(file('index.txt'), '');
  writeFileSync(file('serial'), '01');
  for (const [name, subject] of [
    ['server', 'localhost'],
    ['client', 'by_certificate'],
  ] as const) {
    openssl(
      ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${subject}`, '-keyout', `${name}.key`],
      ...['-out', `${name}.csr`, '-addext', `subjectAltName=DNS:${subject}`],
    );
    openssl(
      ...['ca', '-batch', '-config', 'ca.conf', '-cert', 'root.crt', '-keyfile', 'root.key', '-notext'],
      ...['-in', `${name}.csr`, '-out', `${name}.crt`],
    );
  }
  openssl('rsa', '-aes256', '-passout', 'pass:key-secret', '-in', 'client.key', '-out', 'locked.key');
  const list = ['ca', '-config', 'ca.conf', '-cert', 'root.crt', '-keyfile', 'root.key', '-gencrl', '-out'];
  openssl(...list, 'empty.crl');
  openssl('ca', '-config', 'ca.conf', '-cert', 'root.crt', '-keyfile', 'root.key', '-revoke', 'server.crt');
  openssl(...list, 'revoking.crl');
  return {
    root: file('root.crt'),
    otherRoot: file('other.crt'),
    server: file('server.crt'),
    serverKey: file('server.key'),
    client: file('client.crt'),
    clientKey: file('client.key'),
    lockedKey: file('locked.key'),
    emptyList: file('empty.crl'),
    revokingList: file('revoking.crl'),
  };
}
