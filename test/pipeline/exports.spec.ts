// Goal: an auditor takes a bundle away and checks it claim by claim without us; whoever changes anything in it, even with
// the signing key, is found out, by the claim that it breaks.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatCheckpoint, MANIFEST, signNote, verifyBundle, type Claim } from '#evidence';
import {
  advanceExport,
  claimExport,
  dropArchivesOf,
  dropExpiredArchives,
  dropUnfinishedArchive,
  failExport,
  finishExport,
  insertExportChunk,
  inTenantSnapshot,
  inTransaction,
  readExport,
  type ClaimedExport,
} from '#store';
import { TRAILS } from '../../apps/cli/src/verifier/check-bundle.ts';
import { buildExports } from '../../apps/worker/src/export/build-exports.ts';
import { readBundle, readBundleHead } from '../../apps/worker/src/export/read-bundle.ts';
import { readKit } from '../../apps/worker/src/export/read-kit.ts';
import {
  archiveOf,
  MemorySpool,
  RecordedBundle,
  SPOOL_DIR,
  unpackTar,
  type BundleParts,
} from '../support/bundles.ts';
import { Desk } from '../support/desk.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let desk: Desk;
/** Sizes: after the first ticket, and of all. */
let early: number;
let size: number;
let earlyCheckpoint: string;

beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
  desk = await Desk.begin(service, 'exports');
  await desk.price('2');
  await desk.send({ id: 'a', ticket: 'T1', at: '2026-10-05T10:00:00Z', inputTokens: 1000 });
  await desk.tell({ id: '1', ticket: 'T1', verb: 'resolved', at: '2026-10-05T11:00:00Z' });
  early = await desk.settle();
  earlyCheckpoint = await desk.text(`/tlog/${desk.log.slug}/checkpoint`);
  await desk.send({ id: 'b', ticket: 'T2', at: '2026-10-06T10:00:00Z', inputTokens: 2000, calls: 2 });
  await desk.send({ id: 'a', ticket: 'T1', at: '2026-10-05T10:00:00Z', inputTokens: 999 });
  await desk.tell({ id: '2', ticket: 'T2', verb: 'failed', at: '2026-10-06T12:00:00+02:00' });
  size = await desk.settle();
}, 60_000);
afterAll(async () => {
  await service.stop();
  rmSync(SPOOL_DIR, { recursive: true, force: true });
});

/** `npm run nightly` changes more bytes of more bundles. */
const IS_LONG = process.env['FUZZ_FACTOR'] !== undefined;
const NOTHING_BROUGHT = { vkeys: null, checkpoints: [] };
const failed = (claims: readonly Claim[]): string[] =>
  claims.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);

/** Asks for an export. @returns its id */
async function asked(of: Desk, body: object): Promise<string> {
  return (await of.post('/v1/exports', { purpose: 'test', ...body })).exportId;
}

async function build(body: object): Promise<{ files: Map<string, Buffer>; archive: Buffer; view: any }> {
  const exportId = await asked(desk, body);
  await buildExports({
    ...service.parts,
    limits: { exportTraces: 100, exportBytes: 64_000_000, exportKeepMs: 3_600_000 },
    readKit,
    spoolDir: SPOOL_DIR,
    signersOf: () => Promise.resolve({ tenant: desk.log.slug, signers: desk.log.signers }),
    onFailure: (_, error) => {
      throw error;
    },
  });
  const { body: view } = await desk.call(`/v1/exports/${exportId}`);
  expect(view).toMatchObject({ state: 'ready', error: null });
  const archive = Buffer.from(await desk.bytes(`/v1/exports/${exportId}/bundle`));
  return { files: unpackTar(archive), archive, view };
}

const ITEM = { scope: { kind: 'work_items', workItems: ['ticket:T1'] } };
const TENANT = { scope: { kind: 'tenant' } };

/** What goes into a bundle, to be made anew by somebody who holds the signing key. */
async function partsOf(exportId: string, of: Desk = desk): Promise<BundleParts> {
  const { tenantId } = of.tenant;
  const row = (await readExport(service.database.db, tenantId, exportId))!;
  const { contentKeys } = service.parts;
  const onProgress = (): Promise<void> => Promise.resolve();
  const spool = new MemorySpool();
  const kit = { ...(await readKit()), contentKeys, tenant: of.log.slug, maxTraces: 100, spool, onProgress };
  return inTenantSnapshot(service.database.db, tenantId, async (client) => {
    const recorded = new RecordedBundle();
    const head = await readBundleHead(client, tenantId, row.request, row.size, kit);
    await readBundle(client, tenantId, row.request, row.size, kit, recorded);
    return recorded.parts(head);
  });
}

function writeBundle(files: ReadonlyMap<string, Buffer>): string {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-bundle-'));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

const BUNDLES: readonly (readonly [string, object])[] = [
  ['one work item by its proofs', ITEM],
  ['the tenant', TENANT],
];
const MORE_BUNDLES: typeof BUNDLES = [
  ['one work item in the whole log', { ...ITEM, method: 'full-log' }],
  ['a month', { scope: { kind: 'period', period: '2026-10' } }],
];

describe.each([...BUNDLES, ...(IS_LONG ? MORE_BUNDLES : [])])('%s', (_, body) => {
  test('every claim holds, and the same request gives the same bytes', async () => {
    const first = await build({ ...body, size, since: early });
    const trust = { vkeys: desk.log.signers.map(({ vkey }) => vkey), checkpoints: [earlyCheckpoint] };
    expect(failed(verifyBundle(first.files, trust, TRAILS))).toEqual([]);
    expect((await build({ ...body, size, since: early })).archive.equals(first.archive)).toBe(true);
  });

  test('a changed byte of any file is found, by its digest and by what it is about', async () => {
    const { files } = await build({ ...body, size, since: early });
    for (const [path, content] of files) {
      const found = new Set<string>();
      // The first, a middle and the last byte: whichever it is, the manifest knows.
      for (const at of IS_LONG ? [0, content.length >> 1, content.length - 1] : [content.length >> 1]) {
        if (content.length === 0) continue;
        const changed = Buffer.from(content);
        changed[at]! ^= 1;
        const claims = verifyBundle(new Map(files).set(path, changed), NOTHING_BROUGHT, TRAILS);
        for (const { name } of claims.filter(({ holds }) => !holds)) found.add(name);
        expect({ path, at, isFound: claims.some(({ holds }) => !holds) }).toEqual({
          path,
          at,
          isFound: true,
        });
      }
      const expected = CLAIM_OF.find(([pattern]) => pattern.test(path));
      if (content.length > 0)
        expect({ path, found: [...found] }).toEqual({ path, found: expect.arrayContaining(expected![1]) });
    }
  });
});

/** Which claims a changed byte breaks, besides others, by what the file is. */
const CLAIM_OF: readonly (readonly [RegExp, string[]])[] = [
  [/^manifest/, ['manifest']],
  [/^log\/vkey|^log\/policy/, ['checkpoint']],
  [/^log\/checkpoint\.\d|^log\/consistency/, ['files']],
  [/^log\/checkpoint$/, ['checkpoint', 'files']],
  [/^log\/tile\//, ['log', 'files']],
  [/^entries\/|^proofs\//, ['log', 'files']],
  [/^steps\//, ['steps', 'replay', 'files']],
  [/^spans\//, ['spans', 'files']],
  [/^content\//, ['content', 'files']],
  [/^trails\//, ['replay', 'files']],
  [/^ledger\/journal/, ['journal', 'files']],
  [/^ledger\/trial/, ['balances', 'files']],
  [/^reconciliation/, ['cost', 'files']],
  [/^focus/, ['files']],
  [/^access\//, ['reads', 'files']],
  [/^verify\//, ['files']],
];

describe('somebody who holds the signing key', () => {
  /** Makes the bundle again with other parts, and signs it. */
  const forge = async (
    body: object,
    change: (parts: BundleParts) => Partial<BundleParts>,
  ): Promise<Claim[]> => {
    const parts = await partsOnce(body);
    const files = unpackTar(await archiveOf({ ...parts, ...change(parts) }, desk.log.signers));
    return verifyBundle(files, NOTHING_BROUGHT, TRAILS);
  };
  const read = new Map<object, Promise<BundleParts>>();
  const partsOnce = (body: object): Promise<BundleParts> => {
    const known = read.get(body) ?? asked(desk, { ...body, size }).then((exportId) => partsOf(exportId));
    read.set(body, known);
    return known;
  };
  const firstTrace = ({ traces }: BundleParts): BundleParts['traces'][number] => traces[0]!;
  const others = ({ traces }: BundleParts): BundleParts['traces'] => traces.slice(1);
  const withoutLeaf = (parts: BundleParts, isIt: (fields: any) => boolean): Partial<BundleParts> => {
    const leaves = parts.leaves.filter(({ entry }) => !isIt(JSON.parse(entry.toString())));
    expect(leaves.length).toBe(parts.leaves.length - 1);
    return { leaves };
  };

  test.each<[what: string, body: object, change: (parts: BundleParts) => Partial<BundleParts>, told: RegExp]>(
    [
      [
        'leaves out a step',
        ITEM,
        (parts) => {
          const trace = firstTrace(parts);
          return { traces: [{ ...trace, records: trace.records.slice(1) }, ...others(parts)] };
        },
        /^steps: 1 of the \d steps of trace \w+ are missing: of span [0-9a-f]{16}$/,
      ],
      [
        'has a step twice',
        ITEM,
        (parts) => {
          const trace = firstTrace(parts);
          return { traces: [{ ...trace, records: [trace.records[0]!, ...trace.records] }, ...others(parts)] };
        },
        /^steps: the steps of trace \w+ are not those that revision 2 commits to$/,
      ],
      [
        'orders steps otherwise',
        ITEM,
        (parts) => {
          const trace = firstTrace(parts);
          return { traces: [{ ...trace, records: [...trace.records].reverse() }, ...others(parts)] };
        },
        /^steps: the steps of trace/,
      ],
      [
        'swaps the steps of two trails',
        TENANT,
        (parts) => {
          const [a, b] = [parts.traces[0]!, parts.traces[1]!];
          return {
            traces: [{ ...a, records: b.records }, { ...b, records: a.records }, ...parts.traces.slice(2)],
          };
        },
        /^steps: the steps of trace/,
      ],
      [
        'leaves out a revision',
        ITEM,
        (parts) => withoutLeaf(parts, ({ kind, revision }) => kind === 'trace.revision' && revision === 1),
        /^revisions: revision 1 of trace \w+ is missing: leaf \d+ is revision 2$/,
      ],
      [
        'leaves out the newest revision',
        ITEM,
        (parts) => withoutLeaf(parts, ({ kind, revision }) => kind === 'trace.revision' && revision === 2),
        /^revisions: revision 2 of trace \w+ is missing$/,
      ],
      [
        'leaves out a batch',
        ITEM,
        (parts) => {
          const { batchId } = firstTrace(parts).spans[0]!;
          return withoutLeaf(parts, (fields) => fields.kind === 'spans.batch' && fields.batchId === batchId);
        },
        /^spans: the leaf of batch [0-9a-f-]{36}, which brought span [0-9a-f]{16}, is missing$/,
      ],
      [
        'leaves out a span',
        ITEM,
        (parts) => {
          const trace = firstTrace(parts);
          return { traces: [{ ...trace, spans: trace.spans.slice(1) }, ...others(parts)] };
        },
        /^spans: the spans of trace \w+ are not the 3 that revision 2 commits to: 2 are listed$/,
      ],
      [
        'leaves out a transaction',
        TENANT,
        ({ journal }) => ({ journal: journal.slice(1) }),
        /^journal: 1 of the \d+ transactions of batch [0-9a-f-]{36} \(leaf \d+\) are missing$/,
      ],
      [
        'changes an amount',
        TENANT,
        ({ journal }) => ({
          journal: journal.map((line) => line.replaceAll('2000000000', '1000000000')),
        }),
        /^journal: transaction [0-9a-f-]{36} is not among those of leaf \d+$/,
      ],
      [
        'leaves out charges',
        ITEM,
        ({ charges }) => ({ charges: charges.slice(0, 1) }),
        /^charges: the charges on 5200:outcome in USD of 2026-10-05, trace \w{32}, attempt [0-9a-f-]{36} are missing from focus\.csv$/,
      ],
      [
        'tells other charges',
        TENANT,
        ({ charges }) => ({ charges: charges.map((page) => page.replace('\r\n0.00', '\r\n0.01')) }),
        /^charges: focus\.csv has \d+ on 5\d00:[\w:]+ in USD of 2026-10-0\d, trace \w{32}, attempt \S+, the journal \d+$/,
      ],
      [
        'opens another content',
        ITEM,
        ({ opened }) => ({
          opened: opened.map((each, i) => (i === 0 ? { ...each, content: Buffer.from('x') } : each)),
        }),
        /^content: content\/[0-9a-f]{64}\.bin is not what .* of leaf \d+ commits to$/,
      ],
      [
        'opens it with another salt',
        ITEM,
        ({ opened }) => ({
          opened: opened.map((each, i) => (i === 0 ? { ...each, salt: Buffer.alloc(32) } : each)),
        }),
        /^content: content\/[0-9a-f]{64}\.bin is not what .* of leaf \d+ commits to$/,
      ],
      [
        'keeps back what could be opened',
        ITEM,
        ({ opened }) => ({ opened: opened.slice(1) }),
        /^redactions: .* of leaf \d+ is neither opened nor listed as closed$/,
      ],
      [
        'tells the trail otherwise',
        ITEM,
        ({ trails }) => ({
          trails: trails.map((trail) => {
            const replay = trail.files['replay.json']!.replaceAll('achieved', 'failed');
            return { ...trail, files: { ...trail.files, 'replay.json': replay } };
          }),
        }),
        /^replay: trails\/[0-9a-f-]{36}\.replay\.json does not follow from the facts$/,
      ],
      [
        'tells other costs, all through the trail',
        ITEM,
        ({ trails }) => ({
          trails: trails.map((trail) => {
            const facts = trail.facts.replaceAll('"$int":"2000000000"', '"$int":"1000000000"');
            expect(facts).not.toBe(trail.facts);
            return { ...trail, facts };
          }),
        }),
        /^replay: /,
      ],
    ],
  )('%s', async (_, body, change, told) => {
    const claims = failed(await forge(body, change));
    expect(claims.some((claim) => told.test(claim)) ? told.source : claims).toBe(told.source);
  });

  test('writes another history, consistently: only the older checkpoint shows it', async () => {
    const other = await Desk.begin(service, 'rewritten');
    await other.price('2');
    await other.send({ id: 'a', ticket: 'T1', at: '2026-10-05T10:00:00Z', inputTokens: 10 });
    await other.tell({ id: '1', ticket: 'T1', verb: 'failed', at: '2026-10-05T11:00:00Z' });
    await other.settle();
    for (let n = 0; n < size; n++)
      await other.tell({ id: `filler ${n}`, ticket: `F${n}`, verb: 'failed', at: '2026-10-05T11:00:00Z' });
    await other.settle();
    const history = await partsOf(await asked(other, TENANT), other);
    const { origin, signers, slug } = desk.log;
    const checkpoint = signNote(
      formatCheckpoint({ origin, size: history.size, root: history.root }),
      signers,
    );
    const files = unpackTar(await archiveOf({ ...history, tenant: slug, origin, checkpoint }, signers));
    expect(failed(verifyBundle(files, NOTHING_BROUGHT, TRAILS))).toEqual([]);
    const trust = { vkeys: null, checkpoints: [earlyCheckpoint] };
    expect(failed(verifyBundle(files, trust, TRAILS))).toEqual([
      `old-checkpoint: the first ${early} leaves are not those of the older checkpoint: history was changed`,
    ]);
  });
});

describe('checked by others', () => {
  test('verify.mjs alone, from the directory or the archive, with Node and no network', async () => {
    const { files, archive } = await build({ ...ITEM, size, since: early });
    const directory = writeBundle(files);
    const kept = join(tmpdir(), `outcome-ledger-kept-${process.pid}.txt`);
    const tar = join(tmpdir(), `outcome-ledger-bundle-${process.pid}.tar`);
    writeFileSync(kept, earlyCheckpoint);
    writeFileSync(tar, archive);
    try {
      const vkey = desk.log.signers[0]!.vkey;
      const verifier = join(directory, 'verify', 'verify.mjs');
      const run = (...args: string[]) =>
        spawnSync(process.execPath, [verifier, ...args], { encoding: 'utf8', cwd: directory });
      const good = run('.', '--vkey', vkey, '--checkpoint', kept);
      expect(good.stderr).toBe('');
      expect(good.stdout).toMatch(/^PASS {2}manifest[^]*All 18 claims hold\.\n$/);
      expect(good.status).toBe(0);
      expect(run(tar).status).toBe(0);
      writeFileSync(join(directory, 'stray'), 'x');
      const bad = run('.');
      expect(bad.stdout).toContain('FAIL  files           every file is the one that was signed');
      expect(bad.stdout).toContain('stray is an unknown file');
      expect(bad.status).toBe(1);
    } finally {
      for (const path of [directory, kept, tar]) rmSync(path, { recursive: true });
    }
  });

  test('openssl verifies the manifest, and tar lists the archive', async () => {
    const { files, archive } = await build({ ...ITEM, size });
    const directory = writeBundle(files);
    try {
      const envelope = JSON.parse(files.get(MANIFEST)!.toString());
      const payload = Buffer.from(envelope.payload, 'base64');
      const head = `DSSEv1 ${envelope.payloadType.length} ${envelope.payloadType} ${payload.length} `;
      const key = Buffer.from(desk.log.signers[0]!.vkey.split('+').slice(2).join('+'), 'base64').subarray(1);
      const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]).toString('base64');
      const at = (name: string): string => join(directory, name);
      writeFileSync(at('key.pem'), `-----BEGIN PUBLIC KEY-----\n${der}\n-----END PUBLIC KEY-----\n`);
      writeFileSync(at('pae'), Buffer.concat([Buffer.from(head), payload]));
      writeFileSync(at('sig'), Buffer.from(envelope.signatures[0].sig, 'base64'));
      const openssl = spawnSync(
        'openssl',
        ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin', '-in', 'pae', '-sigfile', 'sig'],
        { cwd: directory, encoding: 'utf8' },
      );
      expect(openssl.stdout).toBe('Signature Verified Successfully\n');
      writeFileSync(at('bundle.tar'), archive);
      const listed = execFileSync('tar', ['-tf', 'bundle.tar'], { cwd: directory, encoding: 'utf8' });
      expect(listed.trim().split('\n')).toEqual([...files.keys()].sort());
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

test('an erasure leaves no archive, and an archive is not kept for ever', async () => {
  const { db } = service.database;
  const { view } = await build({ ...ITEM, size });
  const fetchAgain = () => desk.call(`/v1/exports/${view.exportId}/bundle`);
  expect(await dropExpiredArchives(db, service.parts.nowUs())).toBe(0);
  await inTransaction(db, (client) => dropArchivesOf(client, desk.tenant.tenantId));
  expect(await fetchAgain()).toMatchObject({
    status: 409,
    body: { detail: 'its archive is not kept any longer; ask for the export again' },
  });
  const { rows } = await db.query('SELECT FROM export_chunks WHERE tenant_id = $1', [desk.tenant.tenantId]);
  expect(rows).toEqual([]);
  const { exportId } = (await build({ ...ITEM, size })).view;
  await dropExpiredArchives(db, service.parts.nowUs() + 3_700_000_000n);
  expect((await desk.call(`/v1/exports/${exportId}`)).body).toMatchObject({ state: 'dropped' });
});

test('what an erasure finds half built is begun again, and nothing of it can be kept any more', async () => {
  const { db } = service.database;
  const { tenantId } = desk.tenant;
  const exportId = await asked(desk, { ...ITEM, size });
  const nowUs = service.parts.nowUs();
  const claim = async (buildId: string, atUs: bigint) => (await claimExport(db, atUs, 60_000, buildId))!;
  const chunks = async () =>
    (await db.query('SELECT n FROM export_chunks WHERE tenant_id = $1 ORDER BY n', [tenantId])).rows;
  const built = { archiveBytes: 1, archiveHash: Buffer.alloc(32), manifestHash: Buffer.alloc(32) };
  const finish = (row: ClaimedExport) =>
    inTransaction(db, (client) =>
      finishExport(client, row, { ...built, builtAtUs: nowUs, expiresAtUs: nowUs }),
    );
  const stages = { stage: 'archive', done: 1, total: 2, leasedUntilUs: nowUs };

  const first = await claim(randomUUID(), nowUs);
  expect(first.exportId).toBe(exportId);
  expect(await insertExportChunk(db, first, 0, Buffer.from('before'))).toBe(true);
  await inTransaction(db, (client) => dropArchivesOf(client, tenantId));
  expect(await chunks()).toEqual([]);
  const second = await claim(randomUUID(), nowUs);
  expect([second.exportId, second.buildId === first.buildId]).toEqual([exportId, false]);
  expect(await insertExportChunk(db, first, 1, Buffer.from('late'))).toBe(false);
  expect(await advanceExport(db, first, stages)).toBe(false);
  expect(await finish(first)).toBe(false);
  await failExport(db, first, 'too late');
  expect((await readExport(db, tenantId, exportId))!.state).toBe('building');

  // A worker that died leaves parts behind; whoever begins again removes them.
  expect(await insertExportChunk(db, second, 0, Buffer.from('left'))).toBe(true);
  const third = await claim(randomUUID(), nowUs + 61_000_000n);
  await dropUnfinishedArchive(db, second);
  expect(await chunks()).toEqual([{ n: 0 }]);
  await dropUnfinishedArchive(db, third);
  expect(await chunks()).toEqual([]);
  expect(await finish(third)).toBe(true);
});
