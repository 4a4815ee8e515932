import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { importPriceCsv } from '#pricing';
import { inTransaction, recordPriceBook } from '#store';
import { makeTenant } from '../support/api.ts';
import { jsonLogs, toKeyValues } from '../support/log-export.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { piecesOf, witnessedCalls, type Piece } from '../support/witnessed-calls.ts';

// The real way in, the worker and the books: whatever saw a call, in whatever order, cut and repetition it comes.
let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const PRICES =
  'provider,model,input_per_million,cache_read_per_million,output_per_million\nanthropic,claude-sonnet-4-5,3,0.3,15\n';
const startNs = (BigInt(Date.now()) / 1000n - 7200n) * 1_000_000_000n;
const atNs = (second: number): bigint => startNs + BigInt(second) * 1_000_000_000n;

/** Pieces cut into requests; after some of them the worker works off what there is. */
const arrivals = witnessedCalls.chain((calls) =>
  fc
    .record({
      order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      cuts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 30, maxLength: 30 }),
      settles: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
      repeated: fc.array(fc.nat(), { maxLength: 4 }),
    })
    .map((plan) => ({ calls, ...plan })),
);

function inRequests(
  pieces: readonly Piece[],
  { order, cuts, repeated }: { order: number[]; cuts: number[]; repeated: number[] },
): Piece[][] {
  const shuffled = pieces
    .map((piece, index) => ({ piece, key: order[index % order.length]! * 64 + index }))
    .sort((left, right) => left.key - right.key)
    .map(({ piece }) => piece);
  const sent = [...shuffled, ...repeated.map((index) => shuffled[index % shuffled.length]!)];
  const requests: Piece[][] = [];
  for (let at = 0; at < sent.length; at += cuts[requests.length - 1]!)
    requests.push(sent.slice(at, at + cuts[requests.length]!));
  return requests;
}

async function send(piece: Piece, authorization: string, ids: (short: string) => string): Promise<void> {
  const { signal, attributes, scope, name, at } = piece;
  const context = piece.trace === null ? {} : { traceId: ids(piece.trace) };
  const body =
    signal === 'log'
      ? jsonLogs(
          [
            {
              event: name,
              timeNs: atNs(at[1]),
              attributes,
              ...context,
              ...(piece.parent === null ? {} : { spanId: piece.parent.padStart(16, '0') }),
            },
          ],
          { resource: { 'service.name': piece.service }, scope },
        )
      : JSON.stringify({
          resourceSpans: [
            {
              resource: { attributes: toKeyValues({ 'service.name': piece.service }) },
              scopeSpans: [
                {
                  scope: { name: scope },
                  spans: [
                    {
                      ...context,
                      spanId: piece.id.padStart(16, '0'),
                      ...(piece.parent === null ? {} : { parentSpanId: piece.parent.padStart(16, '0') }),
                      name,
                      kind: 1,
                      startTimeUnixNano: String(atNs(at[0])),
                      endTimeUnixNano: String(atNs(at[1])),
                      attributes: toKeyValues(attributes),
                    },
                  ],
                },
              ],
            },
          ],
        });
  const answer = await fetch(`${service.otlpUrl}/v1/${signal === 'log' ? 'logs' : 'traces'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  expect(await answer.json()).toEqual({});
}

test('the books charge each call once, in any order of arrival', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async ({ calls, settles, ...plan }) => {
      const salt = randomBytes(6).toString('hex');
      const { db } = service.database;
      const tenant = await makeTenant(db, `t-${salt}`);
      const authorization = `Bearer ${await tenant.key(['spans'])}`;
      await inTransaction(db, (client) =>
        recordPriceBook(client, {
          tenantId: tenant.tenantId,
          book: 'b',
          source: 'test',
          rows: importPriceCsv(PRICES).rows,
          mode: { kind: 'retrospective' },
          createdBy: null,
          recordedAtUs: BigInt(Date.now()) * 1000n,
        }),
      );
      const ids = (short: string): string => `${salt}${short.padStart(20, '0')}`;
      for (const [index, request] of inRequests(piecesOf(calls, salt), plan).entries()) {
        await Promise.all(request.map((piece) => send(piece, authorization, ids)));
        if (settles[index % settles.length]) await service.settle();
      }
      await service.settle();
      const { rows } = await db.query<{ pico: string }>(
        `SELECT coalesce(sum(amount), 0)::text AS pico FROM positions WHERE tenant_id = $1 AND amount > 0`,
        [tenant.tenantId],
      );
      const expected = calls.reduce(
        (sum, { input, cacheRead, output }) =>
          sum + BigInt(input) * 3_000_000n + BigInt(cacheRead) * 300_000n + BigInt(output) * 15_000_000n,
        0n,
      );
      expect(rows).toEqual([{ pico: expected.toString() }]);
      expect(await service.check(tenant.tenantId)).toEqual([]);
    }),
    { numRuns: Number(process.env['FUZZ_FACTOR'] ?? 1) * 6 },
  );
});
