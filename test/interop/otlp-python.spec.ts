import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createTenant } from '#store';
import { readDecodedSpans } from '../support/decoded-spans.ts';
import { createKey, startTestIngest, type TestIngest } from '../support/ingest.ts';
import { sumBatches } from '../support/stored-spans.ts';

// `npm run test:python` prepares the interpreter. The http/json exporter is official too, and in beta (0.66b1).
const python = process.env.PYTHON;
if (python === undefined) throw new Error('PYTHON is not set: run `npm run test:python`');

let at: TestIngest;
beforeAll(async () => {
  at = await startTestIngest();
});
afterAll(() => at.stop());

interface Sent {
  readonly traceId: string;
  readonly spanId: string;
  readonly startedAtNs: string;
  readonly endedAtNs: string;
}

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'];

test.each(
  PROTOCOLS.flatMap((protocol) => ['none', 'gzip'].map((compression) => ({ protocol, compression }))),
)(
  'the official Python SDK sends over $protocol with compression $compression, and what it sent is stored',
  async ({ protocol, compression }) => {
    const service = `python-${protocol.replace('/', '-')}-${compression}`;
    const key = await createKey(at.db, await createTenant(at.db, service), ['spans']);
    const script = new URL('otlp-python/send.py', import.meta.url).pathname;
    const isGrpc = protocol === 'grpc';
    const { stdout } = await promisify(execFile)(python, [script, protocol, service], {
      env: {
        ...process.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: isGrpc ? `http://127.0.0.1:${at.ingest.grpcPort}` : at.url,
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=${key.authorization.replace(' ', '%20')}`,
        ...(compression === 'none' ? {} : { OTEL_EXPORTER_OTLP_COMPRESSION: compression }),
      },
    });
    const sent: { root: Sent; call: Sent } = JSON.parse(stdout);

    expect(await sumBatches(at.db, key.tenantId)).toEqual({
      received: 2,
      stored: 2,
      duplicate: 0,
      conflicting: 0,
      rejected: 0,
    });
    const stored = await readDecodedSpans(at.db, key.tenantId);
    const expected = ({ traceId, spanId, startedAtNs, endedAtNs }: Sent) => ({
      traceId,
      spanId,
      startedAtNs: BigInt(startedAtNs),
      endedAtNs: BigInt(endedAtNs),
    });
    expect(stored.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      {
        ...expected(sent.call),
        parentSpanId: sent.root.spanId,
        name: 'chat gpt-5.2',
        statusCode: 2,
        statusMessage: 'rate limited',
        attributes: new Map<string, unknown>([
          ['gen_ai.operation.name', 'chat'],
          ['gen_ai.usage.input_tokens', 1234n],
          ['gen_ai.request.temperature', 0.25],
          ['gen_ai.request.stop_sequences', ['a', 'ü']],
          ['streaming', true],
        ]),
        events: [{ name: 'retry', attributes: new Map([['attempt', 1n]]) }],
        scope: { name: 'agent', version: '1.2.3' },
      },
      { ...expected(sent.root), parentSpanId: null, name: 'invoke_agent support', statusCode: 0 },
    ]);
    expect(stored.map((span) => span.resource.attributes.get('service.name'))).toEqual([service, service]);
  },
);
