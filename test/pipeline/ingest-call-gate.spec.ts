// Goal: nobody without a key, and no crowd of calls, makes ingest read messages. Method: calls over bare HTTP/2 whose
// messages never come in whole, against the real app.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import { encodeSpans, type TestSpan } from '../support/export-request.ts';
import { createKey, send, startTestIngest, type TestIngest, type TestKey } from '../support/ingest.ts';
import { sendGrpc } from '../support/otlp-grpc.ts';
import { until } from '../support/until.ts';

const MAX_WAITING_REQUESTS = 40;

let at: TestIngest;
beforeAll(async () => {
  at = await startTestIngest({
    OL_MAX_WAITING_REQUESTS: String(MAX_WAITING_REQUESTS),
  });
});
afterAll(() => at.stop());

function aSpan(more: Partial<TestSpan> = {}): TestSpan {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: `0${randomBytes(7).toString('hex')}1`,
    startedAtNs: BigInt(Date.now()) * 1_000_000n,
    ...more,
  };
}

interface OpenCall {
  /** grpc-status, once the server has answered; null before. */
  status(): string | null;
  close(): void;
}

/** A call on a connection of its own whose message never comes. */
function openCall(authorization: string): OpenCall {
  const session: ClientHttp2Session = connect(`http://127.0.0.1:${at.ingest.grpcPort}`);
  const stream: ClientHttp2Stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...(authorization === '' ? {} : { authorization }),
  });
  let status: string | null = null;
  const look = (headers: IncomingHttpHeaders) => {
    const answer = headers['grpc-status'];
    if (typeof answer === 'string') status = answer;
  };
  stream.on('response', look).on('trailers', look);
  stream.on('error', () => {});
  // The message is announced as 4 MiB, and only its first bytes are sent.
  stream.write(Buffer.from([0, 0, 0x40, 0, 0, 1, 2, 3]));
  return { status: () => status, close: () => session.destroy() };
}

describe('OTLP/gRPC: a call is admitted before its message is read', () => {
  test.each([
    { name: 'no key', roles: null, authorization: '', status: '16' },
    {
      name: 'an unknown key',
      roles: null,
      authorization: `Bearer olk_${'x'.repeat(48)}`,
      status: '16',
    },
    { name: 'a key without the role', roles: ['analyst' as const], authorization: '', status: '7' },
  ])('$name is answered with $status while the message is still to come', async (given) => {
    const key = given.roles === null ? given : await createKey(at.db, at.key.tenantId, given.roles);
    const call = openCall(key.authorization);
    await until('an answer', () => call.status() !== null);
    expect(call.status()).toBe(given.status);
    call.close();
  });

  test('calls of all connections together are limited; those that are given up make room', async () => {
    const calls = Array.from({ length: MAX_WAITING_REQUESTS + 10 }, () => openCall(at.key.authorization));
    const answered = () => calls.filter((call) => call.status() !== null);
    await until('the refusals', () => answered().length === 10);
    expect(answered().map((call) => call.status())).toEqual(Array(10).fill('8'));
    expect((await send(at, encodeSpans([aSpan()]))).status).toBe(429);
    for (const call of calls) call.close();
    const body = encodeSpans([aSpan()]);
    await until('room', async () => (await sendGrpc(at, body)).code === 0);
    expect((await send(at, body)).status).toBe(200);
  });

  test('messages are read a few at a time; those behind wait in line, and all are stored', async () => {
    const key = await createKey(at.db, at.key.tenantId, ['spans']);
    const codes = await Promise.all(
      Array.from({ length: MAX_WAITING_REQUESTS }, () => codeOf(key, encodeSpans([aSpan()]))),
    );
    expect(codes).toEqual(Array(MAX_WAITING_REQUESTS).fill(0));
  });
});

const codeOf = async (key: TestKey, body: Buffer) => (await sendGrpc({ ingest: at.ingest, key }, body)).code;
