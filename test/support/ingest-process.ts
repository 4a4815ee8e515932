import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The key directory of all receivers of one test file, so that one record has one id in all their databases. */
export const INGEST_KEY_DIRECTORY = mkdtempSync(join(tmpdir(), 'outcome-ledger-ingest-keys-'));

export interface IngestProcess {
  readonly httpPort: number;
  /** kill -9; returns when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; returns its exit code. */
  stop(): Promise<number | null>;
}

/**
 * The ingest app as it is run: `dist` in a process of its own (build first).
 * @param httpPort 0 = any free one
 */
export async function startIngestProcess(connection: string, httpPort = 0): Promise<IngestProcess> {
  const child = spawn(process.execPath, ['dist/apps/ingest/src/main.js'], {
    env: {
      ...process.env,
      DATABASE_URL: connection,
      OL_KEY_DIR: INGEST_KEY_DIRECTORY,
      OL_OTLP_HTTP_PORT: String(httpPort),
      OL_OTLP_GRPC_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const port = await listening(child, exited);
  return {
    httpPort: port,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
  };
}

function listening(child: ChildProcess, exited: Promise<unknown>): Promise<number> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => {
      lines.push(line);
      const { message, httpPort } = JSON.parse(line);
      if (message === 'listening') resolve(httpPort);
    });
    void exited.then(() => reject(new Error(`the ingest process ended:\n${lines.join('\n')}`)));
  });
}
