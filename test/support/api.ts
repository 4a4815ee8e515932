import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMetrics, KeyAuthentication, ProcessLogger } from '#server';
import {
  createTenant,
  inTransaction,
  insertApiKey,
  openKeyDirectory,
  readApiKey,
  type Database,
  type KeyStore,
  type Role,
} from '#store';
import { readConfig } from '#config';
import { createApi } from '../../apps/api/src/create-api.ts';

/** An answer of the API: JSON bodies are parsed. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Call {
  readonly key?: string | undefined;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

export interface TestApi {
  readonly url: string;
  /** Jobs the API woke, in order. */
  readonly woken: string[];
  call<Body = any>(path: string, call?: Call): Promise<Answer<Body>>;
  close(): Promise<void>;
}

/** The real API on a free port, over the given database, with the limits of an empty environment. */
export async function startTestApi(
  db: Database,
  env: Record<string, string> = {},
  contentKeys: KeyStore = openKeyDirectory(mkdtempSync(join(tmpdir(), 'outcome-ledger-keys-'))),
): Promise<TestApi> {
  const woken: string[] = [];
  const lines: string[] = [];
  const app = await createApi(
    {
      db,
      limits: readConfig(env).limits,
      contentKeys,
      wake: async (job) => void woken.push(job),
      nowUs: () => BigInt(Date.now()) * 1000n,
      otlp: { httpPort: 4318, grpcPort: 4317 },
      consoleDirectory: fileURLToPath(new URL('../../dist/console', import.meta.url)),
      version: 'test',
    },
    {
      keys: new KeyAuthentication((secretHash) => readApiKey(db, secretHash)),
      metrics: createMetrics('api'),
      checks: { database: () => db.query('SELECT 1') },
      logger: new ProcessLogger({ process: 'api', human: false, write: (line) => void lines.push(line) }),
    },
  );
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    url,
    woken,
    call: async (path, call = {}) => {
      const headers: Record<string, string> = { ...call.headers };
      if (call.key !== undefined) headers['authorization'] = `Bearer ${call.key}`;
      if (typeof call.body === 'object') headers['content-type'] ??= 'application/json';
      const body = typeof call.body === 'object' ? JSON.stringify(call.body) : call.body;
      const method = call.method ?? (body === undefined ? 'GET' : 'POST');
      const answer = await fetch(`${url}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.text();
      const isJson =
        /json/.test(answer.headers.get('content-type') ?? '') &&
        !/ndjson/.test(answer.headers.get('content-type') ?? '');
      if (answer.status === 500) {
        // The log has the cause under the instance that the answer names.
        const { instance } = JSON.parse(text);
        throw new Error(`500 from ${path}: ${lines.find((line) => line.includes(instance))}`);
      }
      return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
    },
    close: () => app.close(),
  };
}

export interface TestTenant {
  readonly tenantId: bigint;
  /** Makes a key of the tenant and returns its text. */
  key(roles: Role[], bound?: { sources?: string[]; kinds?: string[] }): Promise<string>;
}

/** A tenant of its own for a test. */
export async function makeTenant(db: Database, slug: string): Promise<TestTenant> {
  const tenantId = await createTenant(db, slug);
  return {
    tenantId,
    key: async (roles, bound = {}) => {
      const text = `olk_${randomUUID().replaceAll('-', '')}`;
      await inTransaction(db, (client) =>
        insertApiKey(client, {
          tenantId,
          keyId: randomUUID(),
          newPrincipalId: randomUUID(),
          principalName: roles.join(' '),
          secretHash: createHash('sha256').update(text).digest(),
          roles,
          sources: bound.sources ?? null,
          kinds: bound.kinds ?? null,
          isBootstrap: false,
        }),
      );
      return text;
    },
  };
}
