// A command that uses the embedded server, for tests with several processes:
// opens the server of the home in argv, prints one line about it, and releases it when its input ends.
import { EmbeddedServer } from '../../src/driver/database/embedded/server.ts';

const [home, persistent] = process.argv.slice(2);
const server = await EmbeddedServer.open({ home, persistent: persistent === 'persistent' });
const client = await import('pg').then(({ default: pg }) => new pg.Client(server.url('postgres')));
await client.connect();
const { rows } = await client.query('select pg_postmaster_start_time()::text as start');
await client.end();
process.stdout.write(
  `${JSON.stringify({ port: server.port, started: server.started, start: rows[0].start })}\n`,
);
process.stdin.resume();
process.stdin.on('end', () => void server.release());
