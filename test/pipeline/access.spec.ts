// Goal: content is read under a grant only, whoever asks, and every read is noted, in a Merkle log of its own, before it
// is answered.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatLogPolicy, openCheckpoint, parsePolicy, verifyBundle } from '#evidence';
import { openContent } from '../../apps/api/src/access/open-content.ts';
import { TRAILS } from '../../apps/cli/src/verifier/check-bundle.ts';
import { buildExports } from '../../apps/worker/src/export/build-exports.ts';
import { readKit } from '../../apps/worker/src/export/read-kit.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import type { Log } from '../../apps/worker/src/seal-log.ts';
import { SPOOL_DIR, unpackTar } from '../support/bundles.ts';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let desk: Desk;
let access: Log;
const keys: Record<string, string> = {};

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  desk = await Desk.begin(service, 'access');
  const origin = `${desk.log.origin}/access`;
  access = {
    ...desk.log,
    log: 'access',
    origin,
    signers: desk.log.signers.map((each) => each.under(origin)),
  };
  for (const role of ['auditor', 'approver', 'analyst', 'privacy'] as const)
    keys[role] = await desk.tenant.key([role]);
  await desk.price('2');
  await desk.send({ id: 'a', ticket: 'T1', at: '2026-10-05T10:00:00Z', inputTokens: 1000 });
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-10-05T11:00:00Z' });
  await desk.settle();
});
afterAll(() => service.stop());

const as = (role: string, path: string, body?: object) =>
  service.api.call(path, { key: keys[role], ...(body === undefined ? {} : { body }) });
const inOneHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const EXPORT = {
  scope: { kind: 'work_items', workItems: ['ticket:T1'] },
  content: true,
  purpose: 'review of T1',
};
const GRANT = {
  principal: 'auditor',
  scope: { kind: 'work_item', workItem: 'ticket:T1' },
  purpose: 'review',
};
const reads = async (): Promise<any[]> => (await as('auditor', '/v1/access-log')).body.items;

async function grant(change: object = {}): Promise<string> {
  const asked = await as('privacy', '/v1/grants', { ...GRANT, validUntil: inOneHour(), ...change });
  expect(asked).toMatchObject({ status: 201, body: { decision: null } });
  const { grantId } = asked.body;
  const path = `/v1/grants/${grantId}/decision`;
  expect(await as('approver', path, { decision: 'approved' })).toMatchObject({ status: 201 });
  return grantId;
}

async function buildAll(): Promise<void> {
  await buildExports({
    ...service.parts,
    limits: { exportTraces: 100, exportBytes: 64_000_000, exportKeepMs: 3_600_000 },
    spoolDir: SPOOL_DIR,
    readKit,
    signersOf: () => Promise.resolve({ tenant: desk.log.slug, signers: desk.log.signers }),
    onFailure: (_, error) => {
      throw error;
    },
  });
}

test('without a grant nobody reads content, an admin neither, and nothing is noted', async () => {
  for (const key of [keys['auditor'], desk.key]) {
    const { status, body } = await service.api.call('/v1/exports', { key, body: EXPORT });
    expect({ status, detail: body.detail }).toEqual({
      status: 403,
      detail:
        'content is read under a grant only, and you have none for ticket:T1: ask for one with POST /v1/grants, and have it approved by somebody else',
    });
  }
  expect(await reads()).toEqual([]);
});

test.each<[string, object, number, string]>([
  [
    'a time that is over',
    { validUntil: '2020-01-01T00:00:00Z' },
    400,
    'must be in the future and within a year',
  ],
  ['two years', { validUntil: '2099-01-01T00:00:00Z' }, 400, 'must be in the future and within a year'],
  ['nobody', { principal: 'nobody' }, 404, 'there is no principal nobody'],
])('a grant for %s is refused', async (_, change, status, detail) => {
  const answer = await as('auditor', '/v1/grants', { ...GRANT, validUntil: inOneHour(), ...change });
  expect({ status: answer.status, detail: answer.body.detail }).toEqual({ status, detail });
});

test('a grant takes two principals, neither of them the reader, and ends', async () => {
  const approver = (
    await as('privacy', '/v1/grants', {
      ...GRANT,
      principal: 'approver',
      validUntil: inOneHour(),
    })
  ).body.grantId;
  expect(await as('approver', `/v1/grants/${approver}/decision`, { decision: 'approved' })).toMatchObject({
    status: 403,
    body: { detail: 'who asked for a grant, or reads under it, does not approve it' },
  });
  const grantId = await grant();
  expect(await as('approver', `/v1/grants/${grantId}/decision`, { decision: 'declined' })).toMatchObject({
    status: 409,
  });
  expect(await as('auditor', '/v1/exports', EXPORT)).toMatchObject({ status: 202, body: { grantId } });
  const other = { ...EXPORT, scope: { kind: 'tenant' } };
  expect(await as('auditor', '/v1/exports', other)).toMatchObject({ status: 403 });
  await as('approver', `/v1/grants/${grantId}/decision`, { decision: 'revoked' });
  expect(await as('auditor', '/v1/exports', EXPORT)).toMatchObject({ status: 403 });
  expect(await reads()).toMatchObject([
    { subject: 'ticket:T1', route: 'POST /v1/exports', grantId, leaf: null },
  ]);
});

test('a read that cannot be noted is not answered', async () => {
  await grant();
  const before = await reads();
  await service.database.db.query(
    'ALTER TABLE access_inbox ADD CONSTRAINT nothing_fits CHECK (false) NOT VALID',
  );
  try {
    const caller = {
      tenantId: desk.tenant.tenantId,
      keyId: before[0].keyId,
      principalId: before[0].principalId,
    };
    await expect(
      openContent(
        { db: service.database.db, nowUs: service.parts.nowUs },
        { ...caller, roles: ['auditor'], sources: null, kinds: null, isBootstrap: false },
        { route: 'test', workItems: ['ticket:T1'] },
      ),
    ).rejects.toThrow('access_inbox');
    expect(await reads()).toEqual(before);
  } finally {
    await service.database.db.query('ALTER TABLE access_inbox DROP CONSTRAINT nothing_fits');
  }
});

test('the reads stand in a log of their own, and in a bundle made afterwards', async () => {
  const { db } = service.database;
  const before = await reads();
  while ((await sealOnce(db, access, service.parts.nowUs())).sealed > 0);
  expect((await reads()).map(({ leaf }) => leaf)).toEqual(before.map((_, n) => n));
  const answer = await service.api.call(`/tlog/${desk.log.slug}/access/checkpoint`, { key: keys['auditor'] });
  const policy = parsePolicy(formatLogPolicy(access.signers.map(({ vkey }) => vkey)));
  expect(openCheckpoint(answer.body, policy)).toMatchObject({ origin: access.origin, size: before.length });
  // The bundle's newest leaf has to be sealed after the reads.
  await desk.tell({ id: '2', ticket: 'T9', verb: 'failed', at: '2026-10-06T11:00:00Z' });
  await desk.settle();
  const { body: view } = await as('auditor', '/v1/exports', EXPORT);
  await buildAll();
  const bundle = await fetch(`${service.api.url}/v1/exports/${view.exportId}/bundle`, {
    headers: { authorization: `Bearer ${keys['auditor']}` },
  });
  const files = unpackTar(Buffer.from(await bundle.arrayBuffer()));
  const claims = verifyBundle(files, { vkeys: null, checkpoints: [] }, TRAILS);
  expect(claims.filter(({ holds }) => !holds)).toEqual([]);
  expect(claims.find(({ name }) => name === 'reads')!.detail).toBe(`${before.length} reads of the scope`);
  // Asking for it and fetching it were reads too.
  expect((await reads()).slice(before.length).map(({ route }) => route)).toEqual([
    'POST /v1/exports',
    'GET /v1/exports/:exportId/bundle',
  ]);
  // A forged subject is found.
  const changed = files.get('access/reads.ndjson')!.toString().replace('ticket:T1', 'ticket:T2');
  const forged = new Map(files).set('access/reads.ndjson', Buffer.from(changed));
  expect(
    verifyBundle(forged, { vkeys: null, checkpoints: [] }, TRAILS).find(({ name }) => name === 'reads'),
  ).toMatchObject({ holds: false, detail: 'read 0 was not of ticket:T2' });
});

test('whom reads were about is closed once it is erased: that they took place stays proven', async () => {
  keys['deputy'] = (
    await service.api.call('/v1/keys', { key: desk.key, body: { principal: 'deputy', roles: ['privacy'] } })
  ).body.secret;
  const scope = { workItem: { kind: 'ticket', key: 'T1' } };
  const { body: asked } = await as('privacy', '/v1/erasures', {
    scope,
    basis: 'gdpr_17_1_b',
    reason: 'asked',
  });
  await as('deputy', `/v1/erasures/${asked.erasureId}/decision`, { decision: 'approved' });
  await service.settle();
  while ((await sealOnce(service.database.db, access, service.parts.nowUs())).sealed > 0);
  await desk.tell({ id: '3', ticket: 'T9', verb: 'reopened', at: '2026-10-06T12:00:00Z' });
  await desk.settle();
  const { body: view } = await as('auditor', '/v1/exports', { scope: { kind: 'tenant' }, purpose: 'all' });
  await buildAll();
  const files = unpackTar(Buffer.from(await desk.bytes(`/v1/exports/${view.exportId}/bundle`)));
  const claims = verifyBundle(files, { vkeys: null, checkpoints: [] }, TRAILS);
  expect(claims.filter(({ holds }) => !holds)).toEqual([]);
  const list = files.get('access/reads.ndjson')!.toString().trim().split('\n');
  const closed = list.filter((line) => line.endsWith('"salt":null,"subject":null}'));
  expect(closed.length).toBeGreaterThan(2);
  expect(claims.find(({ name }) => name === 'reads')!.detail).toBe(
    `${list.length} reads of the scope, ${closed.length} of them about what was erased`,
  );
});
