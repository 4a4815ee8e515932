// Goal: a tenant that floods does not starve another. Method: two tenants of the real ingest app and worker; one holds all
// it can of what may wait, or has a backlog, and the other is served all the same.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { claimDueTraces, readNextDueTenant, setTenantLimit, createTenant } from '#store';
import { encodeSpans } from '../support/export-request.ts';
import { createKey, send, startTestIngest, type TestIngest, type TestKey } from '../support/ingest.ts';
import { until } from '../support/until.ts';

const WAITING_REQUESTS = 20;

let at: TestIngest;
let flooding: TestKey;
let other: TestKey;
beforeAll(async () => {
  at = await startTestIngest({
    OL_MAX_WAITING_REQUESTS: String(WAITING_REQUESTS),
    TRACE_QUIET_MS: '0',
    TRACE_MAX_WAIT_MS: '0',
  });
  flooding = await createKey(at.db, await createTenant(at.db, 'flooding'), ['spans']);
  other = await createKey(at.db, await createTenant(at.db, 'other'), ['spans']);
});
afterAll(() => at.stop());

let count = 0;
function oneTrace(): Buffer {
  count += 1;
  const traceId = count.toString(16).padStart(32, 'a');
  return encodeSpans([
    { traceId, spanId: '0'.repeat(15) + '1', startedAtNs: BigInt(Date.now()) * 1_000_000n },
  ]);
}

const sendAs = async (key: TestKey) => {
  const { status, headers, body } = await send({ url: at.url, key }, oneTrace());
  return { status, retryAfter: headers.get('retry-after'), text: body.toString() };
};

/** A request whose body does not come: it holds its place. */
async function hold(key: TestKey): Promise<Socket> {
  const socket = connect(at.ingest.httpPort, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nHost: x\r\nAuthorization: ${key.authorization}\r\n` +
      'Content-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\nx',
  );
  return socket;
}

test('who holds its share of what may wait is turned away, and others are let in', async () => {
  const held = await Promise.all(Array.from({ length: WAITING_REQUESTS }, () => hold(flooding)));
  let last = await sendAs(flooding);
  await until('the share of the tenant to be used up', async () => {
    last = await sendAs(flooding);
    return last.status !== 200;
  });
  expect(last).toMatchObject({ status: 429, retryAfter: '1' });
  expect(last.text).toContain('too much of this tenant is waiting to be stored');
  expect((await sendAs(other)).status).toBe(200);
  const metrics = await (await fetch(`${at.url}/metrics`)).text();
  expect(metrics).toMatch(
    new RegExp(
      `tenant_requests_turned_away_total\\{tenant="${flooding.tenantId}",reason="tenant_share",process="ingest"\\} [1-9]`,
    ),
  );
  for (const socket of held) socket.destroy();
  await until('its places to be free', async () => (await sendAs(flooding)).status === 200);
});

test('a rate that the operator sets holds for its tenant alone, and says when to come back', async () => {
  await setTenantLimit(at.db, flooding.tenantId, { bytesPerSecond: null, requestsPerSecond: 1 }, 0n);
  const statuses: number[] = [];
  await until('the limit to hold', async () => {
    const answer = await sendAs(flooding);
    statuses.push(answer.status);
    if (answer.status === 200) return false;
    expect(answer).toMatchObject({ status: 429, retryAfter: '1' });
    expect(answer.text).toContain('this tenant sends faster than it may');
    return true;
  });
  expect([await sendAs(other), await sendAs(other), await sendAs(other)].map(({ status }) => status)).toEqual(
    [200, 200, 200],
  );
});

test('the worker takes turns: a backlog of one tenant does not keep another waiting', async () => {
  await at.db.query('DELETE FROM due_traces');
  const make = (tenantId: bigint, traces: number, secondsAgo: number) =>
    at.db.query(
      `INSERT INTO due_traces (tenant_id, trace_id, due_at, first_received_at, root_ended, cause)
       SELECT $1, gen_random_uuid(), now() - make_interval(secs => $3), now(), true, 'spans' FROM generate_series(1, $2)`,
      [tenantId, traces, secondsAgo],
    );
  await make(flooding.tenantId, 500, 3600);
  await make(other.tenantId, 3, 1);
  const turns: [bigint, number][] = [];
  for (let turn = 0, last = 0n; turn < 4; turn += 1) {
    last = (await readNextDueTenant(at.db, last)) ?? -1n;
    turns.push([last, (await claimDueTraces(at.db, last, 200, 60_000)).length]);
  }
  expect(turns).toEqual([
    [flooding.tenantId, 200],
    [other.tenantId, 3],
    [flooding.tenantId, 200],
    [flooding.tenantId, 100],
  ]);
  expect(await readNextDueTenant(at.db, 0n)).toBeNull();
});
