import { attemptNumberOf, dimensionsOf, findWorkItemKeys, overheadPoolOf, type Rules } from '#attribution';
import { arbitrate, readStep, type LeafCandidate, type StepDraft } from '#conventions';
import { canonicalJson, encodeLeaf, leafHash, merkleRoot } from '#evidence';
import { toRef, type Ref, type Step, type TraceId } from '#model';
import {
  advanceRevisions,
  insertEvidence,
  insertSteps,
  insertTraceRefs,
  inTransaction,
  makeTracesDue,
  readNewestSteps,
  readTraceRefs,
  readTraceStates,
  upsertTraceRefs,
  type Client,
  type Database,
  type DueTrace,
  type NewRevision,
  type StepRow,
  type TraceRef,
  type TraceState,
} from '#store';
import { parseStep, stepRecord } from '#trails';
import { groupBy } from './group-by.ts';
import type { ReceivedSpan, SpanReader } from './read-spans.ts';
import type { TenantRulebooks } from './tenant-rules.ts';

export interface NormaliseParts {
  readonly db: Database;
  readonly spans: SpanReader;
  readonly rulebooks: TenantRulebooks;
  readonly nowUs: () => bigint;
}

/** A trace read and understood as far as it can be from its own spans. */
export interface ReadTrace {
  readonly state: TraceState;
  readonly received: readonly ReceivedSpan[];
  readonly drafts: readonly StepDraft[];
  /** Its own best witness of each call, under every key another trace may know the call by. */
  readonly candidates: ReadonlyMap<Ref, readonly LeafCandidate[]>;
}

/**
 * Reads traces and publishes their joining keys, and commits: the first of the two commits of architecture 4.5.
 * Only what is published can be seen by the arbitration of another trace, so of two traces that share a call at
 * least one sees the other, whichever comes first.
 *
 * @returns the traces whose spans must be made into steps (again); the others are normalised already
 */
export async function publishCandidates(
  parts: NormaliseParts,
  tenantId: bigint,
  claims: readonly DueTrace[],
): Promise<ReadTrace[]> {
  const states = await readTraceStates(
    parts.db,
    tenantId,
    claims.map(({ traceId }) => traceId),
  );
  const asked = new Set(claims.filter(({ renormalise }) => renormalise).map(({ traceId }) => traceId));
  const stale = states.filter(
    (state) => asked.has(state.traceId) || state.spanCount !== state.revisionSpanCount,
  );
  if (stale.length === 0) return [];
  const received = await parts.spans.read(
    parts.db,
    tenantId,
    stale.map(({ traceId }) => traceId),
  );
  const traces = stale.flatMap((state): ReadTrace[] => {
    const spans = received.get(state.traceId);
    if (spans === undefined) return [];
    const drafts = spans.map(({ span }) => readStep(span));
    const { candidates } = arbitrate(drafts, []);
    return [{ state, received: spans, drafts, candidates: candidatesByRef(tenantId, candidates) }];
  });
  const refs = traces.flatMap((trace) =>
    [...trace.candidates].map(([ref, detail]): TraceRef => ({
      ref,
      traceId: trace.state.traceId,
      startedAtUs: startOf(trace),
      detail,
    })),
  );
  if (refs.length > 0) await inTransaction(parts.db, (client) => upsertTraceRefs(client, tenantId, refs));
  return traces;
}

function candidatesByRef(tenantId: bigint, candidates: readonly LeafCandidate[]): Map<Ref, LeafCandidate[]> {
  const byRef = new Map<Ref, LeafCandidate[]>();
  for (const candidate of candidates) {
    for (const { kind, key } of candidate.keys) {
      const ref = toRef(kind, tenantId, key);
      const list = byRef.get(ref);
      if (list === undefined) byRef.set(ref, [candidate]);
      else list.push(candidate);
    }
  }
  return byRef;
}

const startOf = (trace: ReadTrace): bigint =>
  trace.drafts.reduce(
    (first, { startedAtNs }) => (startedAtNs < first ? startedAtNs : first),
    trace.drafts[0]!.startedAtNs,
  ) / 1000n;

/**
 * Arbitrates traces whose candidates are published, against those of other traces, and writes their step
 * records, joining keys and revision leaves in one transaction. Traces that share a call with one whose steps
 * changed are made due. A revision that changes nothing is not made, so this comes to rest.
 */
export async function normaliseTraces(
  parts: NormaliseParts,
  tenantId: bigint,
  traces: readonly ReadTrace[],
): Promise<void> {
  if (traces.length === 0) return;
  await inTransaction(parts.db, async (client) => {
    const shared = groupBy(
      await readTraceRefs(client, tenantId, [
        ...new Set(traces.flatMap(({ candidates }) => [...candidates.keys()])),
      ]),
      ({ ref }) => ref,
    );
    const { rules } = await parts.rulebooks.read(client, tenantId);
    const stepsByTrace = new Map(
      traces.map((trace) => [
        trace.state.traceId,
        stepsOf(trace, [...neighboursOf(trace, shared)].flatMap(candidatesIn), rules),
      ]),
    );
    const changed = await writeRevisions(client, parts, tenantId, traces, stepsByTrace);
    const affected = traces
      .filter(({ state }) => changed.has(state.traceId))
      .flatMap((trace) =>
        [...neighboursOf(trace, shared)].map(({ traceId }) => ({
          traceId,
          cause: 'arbitration',
          renormalise: true,
        })),
      );
    await makeTracesDue(client, tenantId, affected);
  });
}

/** What another trace published under a joining key of calls; written by `publishCandidates` and nobody else. */
const candidatesIn = ({ detail }: TraceRef): readonly LeafCandidate[] => (isCandidates(detail) ? detail : []);
const isCandidates = (detail: unknown): detail is readonly LeafCandidate[] => Array.isArray(detail);

function* neighboursOf(trace: ReadTrace, shared: ReadonlyMap<Ref, readonly TraceRef[]>): Iterable<TraceRef> {
  for (const ref of trace.candidates.keys()) {
    for (const row of shared.get(ref) ?? []) if (row.traceId !== trace.state.traceId) yield row;
  }
}

function stepsOf(trace: ReadTrace, others: readonly LeafCandidate[], rules: Rules): Step[] {
  const distinct = new Map(others.map((other) => [`${other.traceId}/${other.spanId}`, other]));
  const spanOf = new Map(trace.received.map(({ span }) => [`${span.spanId} ${span.startedAtNs}`, span]));
  return arbitrate(trace.drafts, [...distinct.values()]).steps.map((step): Step => {
    const span = spanOf.get(`${step.spanId} ${step.startedAtNs}`)!;
    const reading = rules.readingAt(step.startedAtNs / 1000n);
    return {
      ...step,
      workItemKeys: findWorkItemKeys(span, reading.keyMappings),
      attemptNumber: attemptNumberOf(span),
      overheadPool: overheadPoolOf(span, reading.overhead),
      dimensions: dimensionsOf(span, reading.dimensions),
    };
  });
}

async function writeRevisions(
  client: Client,
  parts: NormaliseParts,
  tenantId: bigint,
  traces: readonly ReadTrace[],
  stepsByTrace: ReadonlyMap<TraceId, readonly Step[]>,
): Promise<Set<TraceId>> {
  const standing = await readNewestSteps(
    client,
    tenantId,
    traces.filter(({ state }) => state.revision > 0).map(({ state }) => state.traceId),
  );
  const known = new Map(
    standing.map((row) => [`${row.traceId} ${row.spanId} ${row.startedAtUs}`, row.record]),
  );
  const nowUs = parts.nowUs();
  const made = traces
    .map((trace) => makeRevision(trace, stepsByTrace.get(trace.state.traceId)!, known, nowUs))
    .filter(({ changed, isCounted }) => changed.length > 0 || !isCounted);
  const moved = await advanceRevisions(
    client,
    tenantId,
    made.map(({ revision }) => revision),
  );
  const won = made.filter(({ revision }) => moved.has(revision.traceId));
  await insertSteps(
    client,
    tenantId,
    won.flatMap(({ changed }) => changed),
  );
  await insertEvidence(
    client,
    tenantId,
    won.map(({ revision, leaf }) => ({ kind: 'trace.revision', subjectId: revision.traceId, body: leaf })),
    nowUs,
  );
  await insertTraceRefs(
    client,
    tenantId,
    traces.flatMap((trace) => businessRefs(tenantId, trace, stepsByTrace.get(trace.state.traceId)!)),
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
    previous: state.revisionLeafHash?.toString('base64'),
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
    revision: {
      traceId: state.traceId,
      revision,
      spanCount: trace.received.length,
      leafHash: leafHash(leaf),
    },
    changed,
    isCounted: trace.received.length === state.revisionSpanCount,
    leaf,
  };
}

/** Work items and conversations the trace names. What its attempts look like is filled in when it is posted. */
function businessRefs(tenantId: bigint, trace: ReadTrace, steps: readonly Step[]): TraceRef[] {
  const refs = new Set<Ref>();
  for (const step of steps) {
    for (const { kind, key } of step.workItemKeys) refs.add(toRef(kind, tenantId, key));
    if (step.conversationId !== null) refs.add(toRef('conversation', tenantId, step.conversationId));
  }
  const startedAtUs = startOf(trace);
  return [...refs].map((ref) => ({ ref, traceId: trace.state.traceId, startedAtUs, detail: [] }));
}

/** The newest steps of traces, as stored. */
export async function readSteps(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<Map<TraceId, Step[]>> {
  const byTrace = new Map<TraceId, Step[]>(traceIds.map((traceId) => [traceId, []]));
  for (const row of await readNewestSteps(client, tenantId, traceIds))
    byTrace.get(row.traceId)!.push(parseStep(row.record));
  return byTrace;
}
