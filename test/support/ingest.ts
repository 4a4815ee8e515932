import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { readConfig } from '#config';
import { ProcessLogger } from '#server';
import { createTenant, insertApiKey, inTransaction, type Database, type Role } from '#store';
import { startIngest, type RunningIngest } from '../../apps/ingest/src/start-ingest.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { INGEST_KEY_DIRECTORY } from './ingest-process.ts';

export interface TestKey {
  readonly tenantId: bigint;
  readonly keyId: string;
  /** `Bearer olk_...` */
  readonly authorization: string;
}

export interface TestIngest {
  readonly database: TestDatabase;
  readonly db: Database;
  readonly ingest: RunningIngest;
  readonly key: TestKey;
  /** What it logged, parsed. */
  readonly log: Record<string, unknown>[];
  readonly url: string;
  stop(): Promise<void>;
}

/** The real ingest app in this process, on free ports and a database of its own, with one tenant and its key. */
export async function startTestIngest(env: Readonly<Record<string, string>> = {}): Promise<TestIngest> {
  const database = await createTestDatabase();
  const log: Record<string, unknown>[] = [];
  const logger = new ProcessLogger({
    process: 'ingest',
    human: false,
    write: (line) => log.push(JSON.parse(line)),
  });
  const ingest = await startIngest(
    readConfig({ ...freePorts, DATABASE_URL: database.connection, OL_KEY_DIR: INGEST_KEY_DIRECTORY, ...env }),
    logger,
  );
  const key = await createKey(database.db, await createTenant(database.db, 'first'), ['spans']);
  return {
    database,
    db: database.db,
    ingest,
    key,
    log,
    url: `http://127.0.0.1:${ingest.httpPort}`,
    stop: async () => {
      await ingest.stop();
      await database.drop();
    },
  };
}

const freePorts = { OL_OTLP_HTTP_PORT: '0', OL_OTLP_GRPC_PORT: '0' };

/** A key of a tenant, stored like any other. */
export async function createKey(db: Database, tenantId: bigint, roles: Role[]): Promise<TestKey> {
  const text = `olk_${randomBytes(24).toString('hex')}`;
  const keyId = randomUUID();
  await inTransaction(db, (client) =>
    insertApiKey(client, {
      tenantId,
      keyId,
      newPrincipalId: randomUUID(),
      principalName: `agent ${keyId}`,
      secretHash: createHash('sha256').update(text).digest(),
      roles,
      sources: null,
      kinds: null,
      isBootstrap: false,
    }),
  );
  return { tenantId, keyId, authorization: `Bearer ${text}` };
}

export interface SendOptions {
  readonly signal?: 'traces' | 'logs' | 'metrics';
  readonly json?: boolean;
  readonly gzip?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Sends one export request over HTTP. */
export async function send(
  to: { readonly url: string; readonly key: TestKey },
  body: Buffer,
  { signal = 'traces', json = false, gzip = false, headers = {} }: SendOptions = {},
): Promise<Answer> {
  const response = await fetch(`${to.url}/v1/${signal}`, {
    method: 'POST',
    body: new Uint8Array(gzip ? gzipSync(body) : body),
    headers: {
      authorization: to.key.authorization,
      'content-type': json ? 'application/json' : 'application/x-protobuf',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
      ...headers,
    },
  });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}
