import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dbPsql, dbStart, dbStop, dbUrl } from '../../src/driver/commands/db.ts';
import { EmbeddedServer, embeddedStatus, removeEmbedded } from '../../src/driver/database/embedded/server.ts';
import { type Captured, captureOutput } from '../support/capture.ts';

const base = mkdtempSync(path.join(os.tmpdir(), 'aquaseed-db-'));
chmodSync(base, 0o755);
const home = path.join(base, 'home');
const hasPsql = spawnSync('psql', ['--version']).status === 0;

let captured: Captured;
beforeAll(() => {
  captured = captureOutput('stdout', 'stderr');
});
afterAll(async () => {
  captured.end();
  await removeEmbedded({ home });
  rmSync(base, { recursive: true, force: true });
});

async function output(
  work: () => Promise<number>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  captured.stdout = '';
  captured.stderr = '';
  const code = await work();
  const { stdout, stderr } = captured;
  return { code, stdout, stderr };
}

describe('db', () => {
  it('url says how to start a server that does not run', async () => {
    await expect(dbUrl({ home })).rejects.toMatchObject({
      exitCode: 3,
      message: 'The embedded server is not running',
      hint: expect.stringContaining('db start'),
    });
  });

  it('start leaves a server running, and shows no password', async () => {
    const first = await output(() => dbStart({ home }));
    const { stdout: url } = await output(() => dbUrl({ home }));
    const { password } = new URL(url);
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('postgres://aquaseed@127.0.0.1:'),
    });
    expect(first.stdout + first.stderr).not.toContain(password);
    const second = await output(() => dbStart({ home, json: true }));
    expect(JSON.parse(second.stdout)).toMatchObject({ running: true, started: false });
    expect(second.stdout + second.stderr).not.toContain(password);
    expect(await embeddedStatus({ home })).toMatchObject({ running: true, persistent: true });
  });

  it('url gives a URL that works', async () => {
    const { stdout } = await output(() => dbUrl({ home }));
    const client = new pg.Client({ connectionString: stdout.trim() });
    await client.connect();
    const { rows } = await client.query('select current_database() as name');
    await client.end();
    expect(rows).toEqual([{ name: 'aquaseed' }]);
  });

  it.skipIf(!hasPsql)('psql passes its arguments, and the password by the environment', async () => {
    const file = path.join(base, 'out');
    expect(
      await dbPsql(['-XAtq', '-o', file, '-c', 'select current_user, current_database()'], { home }),
    ).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('aquaseed|aquaseed\n');
  });

  it('psql says so where there is none', async () => {
    vi.stubEnv('PATH', base);
    try {
      await expect(dbPsql([], { home })).rejects.toMatchObject({
        exitCode: 3,
        message: 'psql was not found on this machine',
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('stop stops it, and says who was using it', async () => {
    const server = await EmbeddedServer.open({ home });
    const first = await output(() => dbStop({ home }));
    expect(first).toMatchObject({ code: 0, stdout: 'The embedded server is stopped.\n' });
    expect(first.stderr).toContain(`pid ${process.pid}`);
    expect((await output(() => dbStop({ home, json: true }))).stdout).toBe(
      '{"running":false,"stopped":false}\n',
    );
    await server.release();
  });

  it('lets the server live through a Ctrl-C of its command', async () => {
    // A signal to the whole process group, as a terminal sends it.
    const script = path.resolve(import.meta.dirname, '../support/embedded-user.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, home], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const end = new Promise((resolve) => child.on('exit', resolve));
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await end;
    const next = await EmbeddedServer.open({ home });
    expect(next.started).toBe(false);
    await next.release();
  });
});
