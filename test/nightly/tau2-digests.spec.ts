// Goal: the replays of 1,080 recorded runs keep their digests whatever happens to the service: what was sent once more,
// projections dropped and made anew, every process started again, and a bundle that another installation exports.
// Needs ../shared beside the checkout; skips itself loudly without. TAU2_SAVE names a file for the counts.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { sha256, verifyBundle } from '#evidence';
import { openDatabase, type Database } from '#store';
import { TRAILS } from '../../apps/cli/src/verifier/check-bundle.ts';
import { buildExports } from '../../apps/worker/src/export/build-exports.ts';
import { readKit } from '../../apps/worker/src/export/read-kit.ts';
import { rebuildProjections } from '../../apps/worker/src/rebuild-projections.ts';
import { sealOnce } from '../../apps/worker/src/seal-once.ts';
import { makeTenant, startTestApi, type TestApi, type TestTenant } from '../support/api.ts';
import { SPOOL_DIR, unpackTar } from '../support/bundles.ts';
import { copyDatabase } from '../support/database.ts';
import { keysOf } from '../support/evidence-log.ts';
import { startTestService, type TestService } from '../support/service.ts';

const tool = new URL('../../../shared/tools/tau2-otlp.mjs', import.meta.url).pathname;
const isThere = existsSync(tool);
if (!isThere) process.stderr.write('\nSKIPPED: the digests of tau2 need ../shared, which is not there\n');

const run = promisify(execFile);
const RUNS = 1080;
/** `full`: with all that every call saw. */
const CONTENT = process.env['TAU2_CONTENT'] ?? 'full';
/** Two hours: a busy machine takes its time, and that is not what is tested. */
const LONG = 7_200_000;
const AT_ONCE = 4;
const SLUG = 'tau2-digests';

let service: TestService;
let tenant: TestTenant;
let adminKey: string;
const keys: Record<'spans' | 'outcomes', string> = { spans: '', outcomes: '' };

beforeAll(async () => {
  if (!isThere) return;
  service = await startTestService();
  tenant = await makeTenant(service.database.db, SLUG);
  adminKey = await tenant.key(['admin']);
  keys.spans = await tenant.key(['spans']);
  keys.outcomes = await tenant.key(['outcomes']);
}, LONG);
afterAll(async () => {
  await service?.stop();
});

const say = (text: string): void => void process.stderr.write(`${new Date().toISOString()} ${text}\n`);

async function send(...options: string[]): Promise<void> {
  const { stdout } = await run(
    'node',
    [tool, 'send', `${service.otlpUrl}/v1/traces`, '--gzip', '--content', CONTENT, ...options],
    {
      env: { ...process.env, OTLP_HEADERS: `authorization=Bearer ${keys.spans}` },
      maxBuffer: 1 << 26,
    },
  );
  const { requests, failed }: { requests: number; failed: number } = JSON.parse(stdout);
  expect({ requests, failed }).toEqual({ requests: RUNS, failed: 0 });
}

async function tell(...options: string[]): Promise<void> {
  const { stdout } = await run('node', [tool, 'outcomes', ...options], { maxBuffer: 1 << 28 });
  const { status } = await service.api.call('/v1/outcomes', {
    key: keys.outcomes,
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: `[${stdout.trim().split('\n').join(',')}]`,
  });
  expect(status).toBeLessThan(300);
}

/** By the id that names the work item in leaves: the digest at a size. */
async function digestsOf(api: TestApi, size: number): Promise<Map<string, string>> {
  const { rows } = await service.database.db.query<{ surrogate_id: string }>(
    `SELECT surrogate_id FROM work_items WHERE tenant_id = $1 AND kind = 'ticket' ORDER BY 1`,
    [tenant.tenantId],
  );
  const digests = new Map<string, string>();
  const left = rows.map((row) => row.surrogate_id);
  const worker = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const { status, body } = await api.call(`/v1/trails/${id}/replay?size=${size}`, { key: adminKey });
      expect({ id, status }).toEqual({ id, status: 200 });
      digests.set(id, body.digest);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return digests;
}

const sorted = (digests: ReadonlyMap<string, string>): [string, string][] =>
  [...digests].sort(([a], [b]) => (a < b ? -1 : 1));

/** A bundle of everything, made by an installation that holds a copy of the database and the keys of the log. */
async function exported(
  db: Database,
  size: number,
): Promise<{ digests: Map<string, string>; claims: number }> {
  const api = await startTestApi(db);
  try {
    const { body: asked } = await api.call('/v1/exports', {
      key: adminKey,
      body: { scope: { kind: 'tenant' }, size, purpose: 'digests of every trail' },
    });
    const { signers } = await keysOf({ tenantId: tenant.tenantId, slug: SLUG });
    await buildExports({
      ...service.parts,
      db,
      limits: { exportTraces: 20_000, exportBytes: 2 ** 40, exportKeepMs: LONG },
      spoolDir: SPOOL_DIR,
      readKit,
      signersOf: () => Promise.resolve({ tenant: SLUG, signers }),
      onFailure: (_, error) => {
        throw error;
      },
    });
    const answer = await fetch(`${api.url}/v1/exports/${asked.exportId}/bundle`, {
      headers: { authorization: `Bearer ${adminKey}` },
    });
    expect(answer.status).toBe(200);
    const files = unpackTar(Buffer.from(await answer.arrayBuffer()));
    const claims = verifyBundle(files, { vkeys: signers.map(({ vkey }) => vkey), checkpoints: [] }, TRAILS);
    expect(claims.filter(({ holds }) => !holds)).toEqual([]);
    const digests = [...files].flatMap(([path, content]) => {
      const name = /^trails\/(.+)\.replay\.json$/.exec(path)?.[1];
      return name === undefined ? [] : [[name, sha256(content)] as const];
    });
    return { digests: new Map(digests), claims: claims.length };
  } finally {
    await api.close();
  }
}

(isThere ? describe : describe.skip)('tau2', () => {
  test(
    'the digests of all trails stay',
    async () => {
      const { db } = service.database;
      await send();
      await tell();
      await service.settle();
      await sealOnce(db, await keysOf({ tenantId: tenant.tenantId, slug: SLUG }), service.parts.nowUs());
      const { rows } = await db.query<{ size: bigint }>(
        'SELECT max(size) AS size FROM checkpoints WHERE tenant_id = $1',
        [tenant.tenantId],
      );
      const size = Number(rows[0]!.size);
      say(`${RUNS} runs are settled and sealed under ${size} leaves`);
      const before = sorted(await digestsOf(service.api, size));
      expect(new Set(before.map(([, digest]) => digest)).size).toBe(RUNS);
      say('digests taken');

      await send('--reverse');
      await tell('--reverse', '--duplicate');
      await service.settle();
      const sentAgain = sorted(await digestsOf(service.api, size));
      expect(sentAgain).toEqual(before);
      say('the same after all was sent again');

      for (const table of ['traces', 'attempts', 'positions', 'item_positions'])
        await db.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenant.tenantId]);
      const errors: unknown[] = [];
      const logger = { error: (...what: unknown[]) => void errors.push(what) };
      await rebuildProjections({ ...service.parts, logger }, tenant.tenantId, 200);
      expect(errors).toEqual([]);
      const restarted = await startTestApi(db);
      const rebuilt = sorted(await digestsOf(restarted, size));
      await restarted.close();
      expect(rebuilt).toEqual(before);
      say('the same after projections were made anew, read by an API that was started again');

      const copy = await copyDatabase(service.database);
      const other = await openDatabase(copy.connection, { maxConnections: 4, applicationName: 'other' });
      const { digests, claims } = await exported(other, size).finally(async () => {
        await other.close();
        await copy.drop();
      });
      expect(sorted(digests)).toEqual(before);
      say('the same in the bundle of another installation');
      save({
        trails: before.length,
        leaves: size,
        content: CONTENT,
        equal: {
          sentAgainInReverse: sentAgain.length,
          projectionsMadeAnewAndApiRestarted: rebuilt.length,
          bundleOfAnotherInstallation: digests.size,
        },
        claimsOfTheBundle: claims,
        digestOfDigests: sha256(Buffer.from(JSON.stringify(before.map(([, digest]) => digest).sort()))),
      });
    },
    LONG,
  );
});

function save(counts: object): void {
  const file = process.env['TAU2_SAVE'];
  if (file === undefined) return;
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(file, `${JSON.stringify({ date, commit, ...counts }, null, 2)}\n`);
}
