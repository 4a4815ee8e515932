import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { asUnavailable, sqlState } from '../connection/unavailable.ts';
import { prepareCluster, type Cluster } from './cluster.ts';
import { isPostmasterOf, readPostmaster, type Postmaster } from './postmaster-pid.ts';
import { startPostmaster, type PostmasterProcess } from './postmaster-process.ts';
import { serverSettings } from './server-settings.ts';
import { giveTo, type ServerUser } from './server-user.ts';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster; made at the first start. */
  readonly directory: string;
  /** Made when it is not there. */
  readonly database: string;
  /** On top of the shipped ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: a unix socket in a private directory; TCP on the loopback with a password where there are none. */
  readonly transport?: 'socket' | 'tcp';
  /** Where an earlier server was that this one replaces: connections to that one find this one. */
  readonly address?: ServerAddress;
  /** Lines of the server's log and of ours. */
  readonly log?: (line: string) => void;
}

export interface ServerAddress {
  /** Empty over TCP. */
  readonly socketDirectory: string;
  readonly port: number;
}

export interface EmbeddedPostgres {
  /** PostgreSQL URL of the database, as its owner. */
  readonly connection: string;
  readonly address: ServerAddress;
  readonly pid: number;
  /** It ran already: somebody else's, or left over by a process that was killed. */
  readonly isAdopted: boolean;
  /** Settles when the server is gone, for whatever reason. */
  readonly exited: Promise<void>;
  /** Ends sessions, makes everything durable, and returns when the server is gone. Idempotent. */
  stop(): Promise<void>;
}

/** After kill -9 of a postmaster its children need a moment to notice; until then it cannot be started again. */
const START_LIMIT_MS = 60_000;
const TRANSIENT = /lock file|shared memory block|could not bind|could not create any|database system is/i;
/** A unix socket's path has 107 bytes at most, and the socket's name takes 17 of them. */
const SOCKET_DIRECTORY_BYTES = 88;
const SOCKET_PREFIX = 'outcome-ledger-';

/**
 * Starts the embedded PostgreSQL, or adopts the one that runs on the same files, and waits until it answers.
 * Survives what kill -9 and power cuts leave behind: a stale postmaster.pid, one that names a foreign process, a
 * postmaster whose parent is gone, memory that is still attached.
 *
 * @throws Error with the server's last lines where it does not start
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const cluster = await prepareCluster(options.directory, log);
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    const server = (await adopt(cluster, options.address, limit)) ?? (await start(cluster, options, log));
    const outcome = typeof server === 'string' ? server : await withDatabase(server, options.database);
    if (typeof outcome !== 'string') return outcome;
    if (!TRANSIENT.test(outcome) || Date.now() > limit)
      throw new Error(`PostgreSQL did not start:\n${outcome}`);
    await sleep(200);
  }
}

/** A server that runs on these files already; what is left of one that does not is cleared away. */
async function adopt(
  cluster: Cluster,
  next: ServerAddress | undefined,
  limit: number,
): Promise<EmbeddedPostgres | null> {
  const { dataDirectory } = cluster;
  for (;;) {
    const found = readPostmaster(dataDirectory);
    if (found === null) return null;
    if (!isPostmasterOf(dataDirectory, found.pid)) {
      rmSync(join(dataDirectory, 'postmaster.pid'), { force: true });
      if (found.socketDirectory !== next?.socketDirectory) removeSocketDirectory(found.socketDirectory);
      return null;
    }
    const connection = connectionTo(cluster, found);
    if (found.isReady && (await answers(connection))) return adopted(cluster, found, connection);
    if (Date.now() > limit)
      throw new Error(
        `PostgreSQL (process ${found.pid}) holds ${dataDirectory} and does not answer: stop it`,
      );
    await sleep(100);
  }
}

function adopted(
  { dataDirectory }: Cluster,
  { pid, socketDirectory, port }: Postmaster,
  connection: string,
): EmbeddedPostgres {
  // Not our child, so nobody tells us, and its parent may never collect it: a dead one stands in no directory.
  const runs = () => isPostmasterOf(dataDirectory, pid);
  const exited = (async () => {
    while (runs()) await sleep(200, undefined, { ref: false });
  })();
  return {
    connection,
    address: { socketDirectory, port },
    pid,
    isAdopted: true,
    exited,
    stop: async () => {
      if (runs()) process.kill(pid, 'SIGINT');
      while (runs()) await sleep(10);
    },
  };
}

/** @returns the server, or why it is none */
async function start(
  cluster: Cluster,
  options: EmbeddedPostgresOptions,
  log: (line: string) => void,
): Promise<EmbeddedPostgres | string> {
  const address = options.address ?? (await chooseAddress(options.transport));
  if (address.socketDirectory !== '') makeSocketDirectory(address.socketDirectory, cluster.user);
  const settings = {
    ...serverSettings(),
    ...options.settings,
    port: String(address.port),
    listen_addresses: address.socketDirectory === '' ? '127.0.0.1' : '',
    unix_socket_directories: address.socketDirectory,
  };
  const assignments = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = startPostmaster(cluster, ['-D', cluster.dataDirectory, ...assignments], log);
  const connection = connectionTo(cluster, address);
  const stop = async () => {
    await server.stop();
    removeSocketDirectory(address.socketDirectory);
  };
  if (await isReady(cluster, server, connection))
    return { connection, address, pid: server.pid, isAdopted: false, exited: server.exited, stop };
  await stop();
  return server.lastLines();
}

async function isReady(cluster: Cluster, server: PostmasterProcess, connection: string): Promise<boolean> {
  // Recovery after a crash takes as long as it takes.
  while (!server.hasExited()) {
    const postmaster = readPostmaster(cluster.dataDirectory);
    if (postmaster?.pid === server.pid && postmaster.isReady && (await answers(connection))) return true;
    await sleep(10);
  }
  return false;
}

/** A socket's directory gets a name that nobody can guess. */
async function chooseAddress(transport: EmbeddedPostgresOptions['transport']): Promise<ServerAddress> {
  if (transport === 'tcp' || process.platform === 'win32')
    return { socketDirectory: '', port: await freePort() };
  const name = `${SOCKET_PREFIX}${randomBytes(9).toString('base64url')}`;
  const isShort = Buffer.byteLength(join(tmpdir(), name)) <= SOCKET_DIRECTORY_BYTES;
  return { socketDirectory: join(isShort ? tmpdir() : '/tmp', name), port: 5432 };
}

/** Fails where somebody else has it; our own is used again. */
function makeSocketDirectory(directory: string, user: ServerUser | null): void {
  mkdirSync(dirname(directory), { recursive: true });
  const uid = user?.uid ?? process.getuid?.();
  const present = lstatSync(directory, { throwIfNoEntry: false });
  if (present === undefined) {
    mkdirSync(directory, { mode: 0o700 });
    giveTo(user, directory);
  } else if (!present.isDirectory() || present.uid !== uid || (present.mode & 0o077) !== 0) {
    throw new Error(`${directory} is not a private directory of ours`);
  }
}

function removeSocketDirectory(directory: string): void {
  if (basename(directory).startsWith(SOCKET_PREFIX)) rmSync(directory, { recursive: true, force: true });
}

function connectionTo(cluster: Cluster, { socketDirectory, port }: ServerAddress): string {
  return socketDirectory === ''
    ? `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/postgres`
    : `postgresql://postgres@${encodeURIComponent(socketDirectory)}:${port}/postgres`;
}

async function answers(connection: string): Promise<boolean> {
  const client = new Client({ connectionString: connection, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** @returns the server, or why it is none: one that was adopted may have been about to stop */
async function withDatabase(server: EmbeddedPostgres, database: string): Promise<EmbeddedPostgres | string> {
  const client = new Client({ connectionString: server.connection });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await createDatabase(client, database);
  } catch (error) {
    if (!server.isAdopted) await server.stop();
    return asUnavailable(error) === error
      ? String(error)
      : `the database system is stopping: ${String(error)}`;
  } finally {
    await client.end().catch(() => {});
  }
  const url = new URL(server.connection);
  url.pathname = `/${database}`;
  return { ...server, connection: url.href };
}

async function createDatabase(client: Client, database: string): Promise<void> {
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } catch (error) {
    // Somebody else made it at the same moment.
    if (!['42P04', '23505'].includes(sqlState(error) ?? '')) throw error;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
