import type { Rules } from '#attribution';
import { canonicalJson, encodeLeaf, merkleRoot } from '#evidence';
import { toRef, type Ref, type Step, type TraceId } from '#model';
import {
  advanceRevisions,
  insertEvidence,
  insertSteps,
  publishNamings,
  readNewestSteps,
  type Client,
  type NewRevision,
  type StepRow,
  type Naming,
} from '#store';
import { stepRecord } from '#trails';
import { startOf, type ReadTrace } from './read-trace.ts';

/**
 * Writes the next revision of each trace whose steps or spans changed: its changed step records, its leaf, and the
 * business keys it names.
 *
 * @returns the traces that got a revision
 * @throws Error when another worker moved one of them meanwhile: what was read is old, it must be read again
 */
export async function writeRevisions(
  client: Client,
  tenantId: bigint,
  traces: readonly ReadTrace[],
  stepsByTrace: ReadonlyMap<TraceId, readonly Step[]>,
  rules: Rules,
  nowUs: bigint,
): Promise<Set<TraceId>> {
  const standing = await readNewestSteps(
    client,
    tenantId,
    traces.filter(({ state }) => state.revision > 0).map(({ state }) => state.traceId),
  );
  const known = new Map(
    standing.map((row) => [`${row.traceId} ${row.spanId} ${row.startedAtUs}`, row.record]),
  );
  const made = traces
    .map((trace) => makeRevision(trace, stepsByTrace.get(trace.state.traceId)!, known, nowUs))
    .filter(({ changed, isCounted }) => changed.length > 0 || !isCounted);
  const moved = await advanceRevisions(
    client,
    tenantId,
    made.map(({ revision }) => revision),
  );
  if (moved.size < made.length) throw new Error('another worker made a newer revision meanwhile');
  await insertSteps(
    client,
    tenantId,
    made.flatMap(({ changed }) => changed),
  );
  await insertEvidence(
    client,
    tenantId,
    made.map(({ revision, leaf }) => ({ kind: 'trace.revision', subjectId: revision.traceId, body: leaf })),
    nowUs,
  );
  await publishNamings(
    client,
    tenantId,
    traces.filter(({ state }) => state.revision > 0).map(({ state }) => state.traceId),
    traces.flatMap((trace) => businessKeys(tenantId, trace, stepsByTrace.get(trace.state.traceId)!, rules)),
    rules.findsKeys(),
  );
  return moved;
}

function makeRevision(
  trace: ReadTrace,
  steps: readonly Step[],
  known: ReadonlyMap<string, string>,
  nowUs: bigint,
): { revision: NewRevision; changed: StepRow[]; isCounted: boolean; leaf: Buffer } {
  const { state } = trace;
  const revision = state.revision + 1;
  const rows = steps.map((step): StepRow => ({
    traceId: step.traceId,
    revision,
    spanId: step.spanId,
    startedAtUs: step.startedAtNs / 1000n,
    role: step.role,
    provider: step.provider,
    callModel: step.modelResponse ?? step.modelRequest,
    record: canonicalJson(stepRecord(step)),
  }));
  const changed = rows.filter(
    (row) => known.get(`${row.traceId} ${row.spanId} ${row.startedAtUs}`) !== row.record,
  );
  const places = trace.received
    .map(({ stored }) => [stored.batchId, stored.position, stored.spanId] as const)
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
  const leaf = encodeLeaf('trace.revision', nowUs, {
    traceId: state.traceId,
    revision,
    steps: {
      count: rows.length,
      root: merkleRoot(rows.map(({ record }) => Buffer.from(record))).toString('base64'),
    },
    spans: {
      count: places.length,
      root: merkleRoot(places.map((place) => Buffer.from(canonicalJson(place)))).toString('base64'),
    },
  });
  return {
    revision: { traceId: state.traceId, revision, spanCount: trace.received.length },
    changed,
    isCounted: trace.received.length === state.revisionSpanCount,
    leaf,
  };
}

/** Work items, runs, conversations and customers the trace names. Its attempts are filled in when it is posted. */
function businessKeys(tenantId: bigint, trace: ReadTrace, steps: readonly Step[], rules: Rules): Naming[] {
  const namings = new Map<Ref, Naming['naming']>();
  for (const step of steps) {
    for (const { kind, key, tier } of step.workItemKeys) {
      const ref = toRef(kind, tenantId, key);
      const isDeclared = tier === 'E1' || tier === 'E2' || namings.get(ref) === 'declared';
      namings.set(ref, isDeclared ? 'declared' : 'found');
    }
    if (step.conversationId !== null) namings.set(toRef('conversation', tenantId, step.conversationId), null);
    for (const name of rules.readingAt(step.startedAtNs / 1000n).links.customerAttributes) {
      const customer = step.dimensions[name];
      if (customer !== undefined) namings.set(toRef('customer', tenantId, `${name}=${customer}`), null);
    }
  }
  const startedAtUs = startOf(trace);
  const { traceId } = trace.state;
  return [...namings].map(([ref, naming]) => ({ ref, traceId, startedAtUs, naming }));
}
