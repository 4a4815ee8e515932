// Recorded runs of customer-service agents with all that every call saw, as export requests. They are not part of this
// project: what is measured on them is left out where they do not lie beside the checkout.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Request } from './export-requests.mjs';

const tool = fileURLToPath(new URL('../../shared/tools/tau2-otlp.mjs', import.meta.url));

export const areThere = existsSync(tool);

/**
 * One request a run, in the order they were recorded.
 *
 * @returns {Promise<{ body: Buffer, spans: { traceId: string, spanId: bigint, parentSpanId: bigint | null,
 *   startedAtNs: bigint, endedAtNs: bigint, name: string, attributes: object }[] }[]>}
 */
export async function recordedRequests() {
  const process = spawn('node', [tool, 'otlp', '--content', 'full'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const requests = [];
  for await (const line of createInterface({ input: process.stdout, crlfDelay: Infinity }))
    requests.push(readRequest(JSON.parse(line)));
  return requests;
}

function readRequest(json) {
  const spans = json.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const read = spans.map((span) => ({
    traceId: span.traceId,
    spanId: spanIdOf(span.spanId),
    parentSpanId: span.parentSpanId === undefined ? null : spanIdOf(span.parentSpanId),
    startedAtNs: BigInt(span.startTimeUnixNano),
    endedAtNs: BigInt(span.endTimeUnixNano),
    name: span.name,
    attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, plainValue(value)])),
  }));
  for (const span of spans)
    for (const id of ['traceId', 'spanId', 'parentSpanId'])
      if (span[id] !== undefined) span[id] = Buffer.from(span[id], 'hex');
  return { body: Buffer.from(Request.encode(Request.fromObject(json)).finish()), spans: read };
}

const spanIdOf = (hex) => Buffer.from(hex, 'hex').readBigInt64BE();

function plainValue({ stringValue, intValue, boolValue, arrayValue }) {
  if (arrayValue !== undefined) return arrayValue.values.map(plainValue);
  return stringValue ?? boolValue ?? Number(intValue);
}
