// Runs jest, with the arguments given, against a PostgreSQL of its own: started in a temporary directory, stopped and
// removed afterwards, also on Ctrl-C. TEST_DATABASE_URL names another server to use instead.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

// Tests never survive a crash of the machine, so they need not wait for the disk.
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '256MB',
  max_connections: '500',
};

let stopRequested = null;
let jest = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    stopRequested = signal;
    jest?.kill('SIGTERM');
  });

process.exitCode =
  process.env.TEST_DATABASE_URL === undefined
    ? await withServer(runJest)
    : await runJest(process.env.TEST_DATABASE_URL);

async function withServer(work) {
  const { startEmbeddedPostgres } = await import('#store');
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-test-'));
  chmodSync(directory, 0o755); // started by root, the server runs as somebody else
  try {
    const server = await startEmbeddedPostgres({
      directory: join(directory, 'postgresql'),
      database: 'tests',
      settings: SETTINGS,
    });
    try {
      return await work(server.connection);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @returns jest's exit code, or what a shell would report for the signal */
function runJest(connection) {
  if (stopRequested !== null) return 128 + constants.signals[stopRequested];
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
  ];
  jest = spawn(process.execPath, [...args, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, TEST_DATABASE_URL: connection },
  });
  return new Promise((resolve, reject) => {
    jest.once('error', reject);
    jest.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[stopRequested ?? signal]));
  });
}
