// Goal: what moves cost by hand takes two principals, stays in the books, and gives way to what is known better.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { inTransaction, insertApiKey, hashSecret, newSecret } from '#store';
import { ClaimsOffice } from '../support/claims-office.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

const begin = () => ClaimsOffice.begin(service, 'prov,m,,,1,1,1,USD');
const AT = '2025-10-03T09:00:00Z';
const WRITE_OFF = {
  kind: 'write_off',
  toDay: '2025-11-01',
  reasonCode: 'no_telemetry',
  reason: 'cut-off of October',
};

/** A key of a second person. */
async function approverOf(office: ClaimsOffice): Promise<string> {
  const secret = newSecret();
  await inTransaction(service.database.db, (client) =>
    insertApiKey(client, {
      tenantId: office.tenant.tenantId,
      keyId: randomUUID(),
      newPrincipalId: randomUUID(),
      principalName: 'the second one',
      secretHash: hashSecret(secret),
      roles: ['approver'],
      sources: null,
      kinds: null,
      isBootstrap: false,
    }),
  );
  return secret;
}

test('a write-off needs a second principal; a key that is found later takes the cost back', async () => {
  const office = await begin();
  await office.call({ id: 'lost', claims: [], at: AT, input: 1_000_000, output: 0 });
  await office.settle();
  expect(await office.cost()).toMatchObject({ '5000:unattributed': '1' });
  const asked = await office.post('/v1/ledger/adjustments', WRITE_OFF);
  const decide = `/v1/ledger/adjustments/${asked.adjustmentId}/decision`;
  const own = await office.ask(decide, { body: { decision: 'approved' } });
  expect([own.status, own.body.detail]).toEqual([403, 'who asked for an adjustment does not decide it']);
  await office.settle();
  expect(await office.cost()).toMatchObject({ '5000:unattributed': '1' });
  const key = await approverOf(office);
  expect((await office.ask(decide, { body: { decision: 'approved' }, key })).status).toBe(201);
  expect((await office.ask(decide, { body: { decision: 'declined' }, key })).status).toBe(409);
  await office.settle();
  expect(await office.cost()).toEqual({
    '2000:accrued:prov:2025-10': '-1',
    '5500:unattributable:no_telemetry': '1',
  });
  expect(await office.codes()).toEqual(['C100', 'C600']);
  // The same cut-off holds for what arrives late, and for nothing after it.
  await office.call({ id: 'late', claims: [], at: AT, input: 2_000_000, output: 0 });
  await office.call({ id: 'after', claims: [], at: '2025-11-01T00:00:00Z', input: 4_000_000, output: 0 });
  await office.settle();
  expect(await office.cost()).toMatchObject({
    '5000:unattributed': '4',
    '5500:unattributable:no_telemetry': '3',
  });
});

test('a declined request moves nothing', async () => {
  const office = await begin();
  await office.call({ id: 'lost', claims: [], at: AT, input: 1_000_000, output: 0 });
  const asked = await office.post('/v1/ledger/adjustments', WRITE_OFF);
  const key = await approverOf(office);
  await office.ask(`/v1/ledger/adjustments/${asked.adjustmentId}/decision`, {
    body: { decision: 'declined' },
    key,
  });
  await office.settle();
  expect(await office.cost()).toEqual({ '2000:accrued:prov:2025-10': '-1', '5000:unattributed': '1' });
  const { body } = await office.ask('/v1/ledger/adjustments');
  expect(body.items).toMatchObject([
    { kind: 'write_off', decision: 'declined', reason: 'cut-off of October' },
  ]);
});

test('a reversal takes back one transaction, and stands when its trace is worked through again', async () => {
  const office = await begin();
  await office.call({ id: 'a', claims: ['C1'], at: AT, input: 1_000_000, output: 0 });
  await office.settle();
  const postingId = office.traceId('a');
  const { body } = await office.ask(`/v1/ledger/transactions?trace=${postingId}`);
  const { transactionId } = body.items[0];
  const request = { kind: 'reversal', postingId, transactionId, reason: 'billed to somebody else' };
  const asked = await office.post('/v1/ledger/adjustments', request);
  const key = await approverOf(office);
  await office.ask(`/v1/ledger/adjustments/${asked.adjustmentId}/decision`, {
    body: { decision: 'approved' },
    key,
  });
  await office.settle();
  expect(await office.cost()).toEqual({});
  expect(await office.codes()).toEqual(['C100', 'C900']);
  await office.tell('processed', 'C1', '2025-10-03T12:00:00Z');
  await office.settle();
  expect(await office.cost()).toEqual({});
  // Dearer by another price row: what was reversed stays reversed, and the checker agrees.
  await office.price('later', 'prov,m,,,3,1,1,USD');
  await office.settle();
  expect(await office.cost()).toEqual({
    '2000:accrued:prov:2025-10': '-2',
    '5200:outcome C1': '2',
  });
  expect(await service.drift(office.tenant.tenantId)).toEqual([]);
  const again = await office.ask('/v1/ledger/adjustments', { body: request });
  expect([again.status, again.body.detail]).toEqual([409, 'is a reversal, or reversed already']);
});

test.each<[string, object, number]>([
  ['a write-off without a cut-off', { kind: 'write_off', reasonCode: 'x', reason: 'y' }, 400],
  ['a write-off of no days', { ...WRITE_OFF, fromDay: '2025-11-01' }, 400],
  ['a reason code that is no name', { ...WRITE_OFF, reasonCode: 'No!' }, 400],
  [
    'a reversal of an unknown transaction',
    { kind: 'reversal', postingId: '0'.repeat(32), transactionId: randomUUID(), reason: 'x' },
    404,
  ],
])('refused: %s', async (_, body, status) => {
  const office = await begin();
  expect((await office.ask('/v1/ledger/adjustments', { body })).status).toBe(status);
});
