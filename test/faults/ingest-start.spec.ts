// Goal: who is told that ingest listens can send at once. Method: the connections to PostgreSQL are slow to be made, as they
// are where many services start together; the first request goes out as soon as ingest says that it listens.
import { expect, test } from '@jest/globals';
import { readConfig } from '#config';
import { ProcessLogger } from '#server';
import { createTenant } from '#store';
import { startIngest } from '../../apps/ingest/src/start-ingest.ts';
import { createTestDatabase } from '../support/database.ts';
import { encodeSpans } from '../support/export-request.ts';
import { INGEST_KEY_DIRECTORY } from '../support/ingest-process.ts';
import { createKey, send } from '../support/ingest.ts';
import { startTcpProxy, throughPort } from '../support/tcp-proxy.ts';

test('the first spans are taken where the database is slow to be connected to', async () => {
  const database = await createTestDatabase();
  const { target, through } = throughPort(database.connection);
  const proxy = await startTcpProxy(target);
  proxy.delay(700);
  const key = await createKey(database.db, await createTenant(database.db, 'first'), ['spans']);
  const config = {
    DATABASE_URL: through(proxy.port),
    OL_KEY_DIR: INGEST_KEY_DIRECTORY,
    OL_OTLP_HTTP_PORT: '0',
    OL_OTLP_GRPC_PORT: '0',
  };
  const logger = new ProcessLogger({ process: 'ingest', human: false, write: () => {} });
  const ingest = await startIngest(readConfig(config), logger);
  try {
    const startedAtNs = BigInt(Date.now() - 1000) * 1_000_000n;
    const body = encodeSpans([{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), startedAtNs }]);
    const answer = await send({ url: `http://127.0.0.1:${ingest.httpPort}`, key }, body);
    expect([answer.status, answer.body.toString()]).toEqual([200, '']);
  } finally {
    await ingest.stop();
    await proxy.close();
    await database.drop();
  }
});
