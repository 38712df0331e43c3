import { statfsSync } from 'node:fs';
import os from 'node:os';

const MB = 1024 * 1024;
const GB = 1024 * MB;

/** What the settings are computed from; memory and disk in bytes. */
type Machine = {
  memory: number;
  cores: number;
  freeDisk: number;
  /** Size of /dev/shm in bytes; undefined where there is none. */
  sharedMemoryDisk: number | undefined;
};

/** This machine as seen from inside its container: the smaller of memory and cgroup limit. */
export function readMachine(dataDirectory: string): Machine {
  const limit = process.constrainedMemory?.() ?? 0;
  const total = os.totalmem();
  return {
    memory: limit > 0 && limit < total ? limit : total,
    cores: os.availableParallelism(),
    freeDisk: diskBytes(dataDirectory, 'free') ?? 8 * GB,
    sharedMemoryDisk: process.platform === 'linux' ? diskBytes('/dev/shm', 'size') : undefined,
  };
}

function diskBytes(place: string, which: 'free' | 'size'): number | undefined {
  try {
    const stat = statfsSync(place);
    return stat.bsize * (which === 'free' ? stat.bavail : stat.blocks);
  } catch {
    return undefined;
  }
}

function megabytes(bytes: number, least: number, most: number): number {
  return Math.floor(Math.min(Math.max(bytes, least), most) / MB);
}

/**
 * Settings of the embedded server. It holds nothing but data that can be made again, so everything that
 * only protects against a crash of the machine is off.
 * `sharedBuffersCap` (bytes) is lowered by the caller when the system refuses the first choice.
 */
export function serverSettings(machine: Machine, sharedBuffersCap = 4 * GB): Record<string, string> {
  const { memory, cores, freeDisk } = machine;
  const walSize = megabytes(freeDisk / 4, 256 * MB, 8 * GB);
  return {
    // Rows written into a table made in the same transaction need no WAL at all.
    wal_level: 'minimal',
    max_wal_senders: '0',
    // No waiting for the disk: a crash of the machine (not of the server) loses the data.
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    // Few checkpoints: a generate run should see none that is forced by the amount of WAL.
    max_wal_size: `${walSize}MB`,
    min_wal_size: `${Math.min(1024, walSize)}MB`,
    checkpoint_timeout: '30min',
    // A quarter of memory; past a few GB bulk loading gains nothing.
    shared_buffers: `${megabytes(Math.min(memory / 4, sharedBuffersCap), 64 * MB, 4 * GB)}MB`,
    // One index build per core at a time, together at most a quarter of memory.
    maintenance_work_mem: `${megabytes(memory / 4 / cores, 64 * MB, 2 * GB)}MB`,
    // Sorts and hashes, several in one statement, a statement on each core.
    work_mem: `${megabytes(memory / 32 / cores, 16 * MB, 256 * MB)}MB`,
    effective_cache_size: `${megabytes(memory / 2, 128 * MB, 1024 * GB)}MB`,
    // Every core is already busy with a session of its own; one helper shortens the last big index.
    max_parallel_maintenance_workers: cores > 2 ? '1' : '0',
    // Compiling a statement costs more than it saves in statements that run once per batch.
    jit: 'off',
    // Tables are analysed by the run itself, after loading.
    autovacuum: 'off',
    max_connections: '50',
    // A run touches many partitions in one transaction (drop, attach, foreign keys).
    max_locks_per_transaction: '512',
    // Containers often have a /dev/shm of 64 MB, too small for parallel hash joins: use files instead.
    ...(machine.sharedMemoryDisk !== undefined && machine.sharedMemoryDisk < GB
      ? { dynamic_shared_memory_type: 'mmap' }
      : {}),
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] %a ',
    // Reachable from this machine by TCP only.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
  };
}

/** The text of the configuration file, one quoted setting per line. */
export function settingsFile(settings: Record<string, string>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replace(/'/g, "''")}'`);
  return `# Written by aquaseed at every start; changes made here are lost.\n${lines.join('\n')}\n`;
}
