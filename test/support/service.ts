import { v7 as uuidByTime } from 'uuid';
import { readConfig } from '#config';
import { createMetrics, ProcessLogger } from '#server';
import { checkBooks, installShippedBook, inTransaction, type Violation } from '#store';
import { startIngest } from '../../apps/ingest/src/start-ingest.ts';
import { driftPage, type DriftPage } from '../../apps/worker/src/check-drift.ts';
import { recordDeadlines } from '../../apps/worker/src/record-deadlines.ts';
import { SpanReader } from '../../apps/worker/src/read-spans.ts';
import { reconcileBills } from '../../apps/worker/src/reconcile-bills.ts';
import { TenantRulebooks } from '../../apps/worker/src/tenant-rules.ts';
import { TraceDrain } from '../../apps/worker/src/trace-drain.ts';
import { workCauses } from '../../apps/worker/src/work-causes.ts';
import { workErasures } from '../../apps/worker/src/work-erasures.ts';
import { workThroughFacts } from '../../apps/worker/src/work-through-facts.ts';
import { WorkerMetrics } from '../../apps/worker/src/worker-metrics.ts';
import { startTestApi, type TestApi } from './api.ts';
import { contentKeysOf, keyDirectoryOf } from './content-keys.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestService {
  readonly database: TestDatabase;
  readonly api: TestApi;
  /** Base URL of the real OTLP/HTTP endpoint. */
  readonly otlpUrl: string;
  readonly parts: WorkerParts;
  /** Works facts and due traces off, in this process, until nothing is left. @throws when something fails */
  settle(): Promise<void>;
  /** @returns what is wrong with the tenant's books; empty when every invariant holds */
  check(tenantId: bigint): Promise<Violation[]>;
  /** @returns what posting all that is posted of the tenant again would move; nothing of it may be under way */
  drift(tenantId: bigint): Promise<Violation[]>;
  stop(): Promise<void>;
}

const CAUSES = { pageSize: 100, leaseMs: 60_000, traceSpans: 100_000 };

export type WorkerParts = ReturnType<typeof workerParts>;

/** What the worker works with, for tests that take its steps one by one. */
export function workerParts(database: TestDatabase) {
  return {
    db: database.db,
    spans: new SpanReader(),
    rulebooks: new TenantRulebooks(),
    contentKeys: contentKeysOf(database.db),
    nowUs: () => BigInt(Date.now()) * 1000n,
    newId: uuidByTime,
  };
}

/**
 * The whole service in this process on a database of its own: the real OTLP endpoint, the real API and the
 * worker's steps, which the test sets off by `settle` instead of a queue. Traces are due as soon as they arrive.
 */
export async function startTestService(
  options: { readonly prices?: 'shipped' | 'none' } = {},
): Promise<TestService> {
  const database = await createTestDatabase();
  if (options.prices !== 'none') {
    await inTransaction(database.db, (client) => installShippedBook(client, BigInt(Date.now()) * 1000n));
  }
  const lines: string[] = [];
  const logger = new ProcessLogger({ process: 'test', human: false, write: (line) => void lines.push(line) });
  const config = readConfig({
    DATABASE_URL: database.connection,
    OL_KEY_DIR: keyDirectoryOf(database.db),
    OL_OTLP_HTTP_PORT: '0',
    OL_OTLP_GRPC_PORT: '0',
    TRACE_QUIET_MS: '0',
    TRACE_MAX_WAIT_MS: '0',
  });
  const ingest = await startIngest(config, logger);
  const parts = workerParts(database);
  const api = await startTestApi(database.db, {}, parts.contentKeys);
  const failures: unknown[] = [];
  const metrics = new WorkerMetrics(createMetrics('test'), database.db);
  const drain = new TraceDrain(
    parts,
    { tracesPerTurn: 256, claimMs: 60_000, traceSpans: 100_000 },
    metrics,
    logger,
  );
  const settle = async (): Promise<void> => {
    for (;;) {
      const facts = await workThroughFacts({ ...parts, onFailure: (_, error) => failures.push(error) }, 500);
      const onCauseFailure = (_: unknown, error: unknown): void => void failures.push(error);
      const pages = await workCauses({ ...parts, onCauseFailure }, CAUSES);
      const onErasureFailure = (_: unknown, error: unknown): void => void failures.push(error);
      const erasures = await workErasures({ ...parts, backupDays: 30, onErasureFailure });
      const traces = await drain.run();
      const deadlines = await recordDeadlines(database.db, parts.nowUs());
      // Bills wait a moment for more charges before they are compared; here nobody waits.
      await database.db.query('UPDATE due_reconciliations SET due_at = clock_timestamp()');
      const bills = await reconcileBills({ ...parts, onFailure: (_, error) => failures.push(error) });
      const problem = failures[0] ?? lines.find((line) => line.includes('could not be worked through'));
      if (problem !== undefined) throw new Error('the worker failed', { cause: problem });
      if (facts + pages + erasures + traces + deadlines + bills === 0) return;
    }
  };
  return {
    database,
    api,
    otlpUrl: `http://127.0.0.1:${ingest.httpPort}`,
    parts,
    settle,
    check: (tenantId) => checkBooks(database.db, tenantId),
    drift: (tenantId) => driftOf(parts, tenantId),
    stop: async () => {
      await ingest.stop();
      await api.close();
      await database.drop();
    },
  };
}

async function driftOf(parts: WorkerParts, tenantId: bigint): Promise<Violation[]> {
  const fresh = { ...parts, rulebooks: new TenantRulebooks() };
  const options = { pageSize: 200, traceSpans: 100_000, isStopping: () => false };
  const violations: Violation[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: DriftPage | null = await driftPage(fresh, options, { tenantId, cursor });
    if (page === null) throw new Error('something is under way');
    violations.push(...page.violations);
    cursor = page.cursor;
  }
  return violations;
}
