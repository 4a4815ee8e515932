import type { Rules } from '#attribution';
import { canonicalJson, encodeLeaf, rootOfTexts } from '#evidence';
import { completeStep, toRef, type Ref, type Step, type StepCommitments, type TraceId } from '#model';
import {
  advanceRevisions,
  insertContents,
  insertEvidence,
  insertSteps,
  publishNamings,
  readNewestSteps,
  type Client,
  type ContentRow,
  type KeyStore,
  type NewRevision,
  type StepRow,
  type Naming,
} from '#store';
import { identityText, stepText, stepTexts, type StepText } from '#trails';
import type { ReceivedSpan } from './read-spans.ts';
import { spanFinder, startOf, type ReadTrace } from './read-trace.ts';
import { prepareSealing, type StepSealer } from './seal-contents.ts';
import { StandingSteps } from './standing-steps.ts';

/**
 * Writes the next revision of each trace whose steps or spans changed: its changed step records, its leaf, and the
 * business keys it names.
 *
 * @returns by trace, the revisions that were made
 * @throws Error when another worker moved one of them meanwhile: what was read is old, it must be read again
 */
export async function writeRevisions(
  client: Client,
  tenantId: bigint,
  traces: readonly ReadTrace[],
  readSteps: ReadonlyMap<TraceId, readonly Step[]>,
  rules: Rules,
  contentKeys: KeyStore,
  nowUs: bigint,
): Promise<Map<TraceId, WrittenRevision>> {
  const standing = new StandingSteps(
    await readNewestSteps(
      client,
      tenantId,
      traces.filter(({ state }) => state.revision > 0).map(({ state }) => state.traceId),
    ),
  );
  const stepsByTrace = new Map(
    traces.map((trace) => [
      trace.state.traceId,
      standing.withKeysFoundBefore(readSteps.get(trace.state.traceId)!, trace.received),
    ]),
  );
  const moving = [...stepsByTrace.values()].flat().filter((step) => !standing.says(step));
  const sealer = await prepareSealing(client, contentKeys, tenantId, moving);
  const made = traces
    .map((trace) => makeRevision(trace, stepsByTrace.get(trace.state.traceId)!, standing, sealer, nowUs))
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
  await insertContents(
    client,
    tenantId,
    made.flatMap(({ contents }) => contents),
    nowUs,
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
  return new Map(
    made.map(({ revision, steps }) => [revision.traceId, { revision: revision.revision, steps }]),
  );
}

/** A revision as it stands after the commit; its steps are what `parseStep` reads from their records. */
export interface WrittenRevision {
  readonly revision: number;
  readonly steps: readonly Step[];
}

interface MadeRevision extends Pick<WrittenRevision, 'steps'> {
  readonly revision: NewRevision;
  readonly changed: StepRow[];
  /** Of steps that had no record yet. */
  readonly contents: ContentRow[];
  readonly isCounted: boolean;
  readonly leaf: Buffer;
}

function makeRevision(
  trace: ReadTrace,
  steps: readonly Step[],
  standing: StandingSteps,
  sealer: StepSealer,
  nowUs: bigint,
): MadeRevision {
  const { state } = trace;
  const revision = state.revision + 1;
  const contents: ContentRow[] = [];
  const receivedAs = spanFinder(trace.received);
  const leaves: string[] = [];
  const written: Step[] = [];
  const rows = steps.map((step): StepRow => {
    const text = stepText(step);
    const commitments = standing.says(step)
      ? standing.commitmentsOf(step)
      : sealAnew({ step, text, received: receivedAs(step) }, standing, sealer, contents);
    const { record, sealed } = stepTexts(text, commitments);
    leaves.push(sealed);
    written.push(commitments === undefined ? step : completeStep(step, step, commitments));
    return {
      traceId: step.traceId,
      revision,
      spanId: step.spanId,
      startedAtUs: step.startedAtNs / 1000n,
      role: step.role,
      provider: step.provider,
      callModel: step.modelResponse ?? step.modelRequest,
      record,
    };
  });
  const changed = rows.filter((row) => standing.recordOf(row) !== row.record);
  const places = trace.received
    .map(({ stored }) => [stored.batchId, stored.position, stored.spanId] as const)
    .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
  const leaf = encodeLeaf('trace.revision', nowUs, {
    traceId: state.traceId,
    revision,
    steps: {
      count: rows.length,
      root: rootOfTexts(leaves).toString('base64'),
    },
    spans: {
      count: places.length,
      root: rootOfTexts(places.map((place) => canonicalJson(place))).toString('base64'),
    },
  });
  return {
    revision: { traceId: state.traceId, revision, spanCount: trace.received.length },
    steps: written,
    changed,
    contents,
    isCounted: trace.received.length === state.revisionSpanCount,
    leaf,
  };
}

/** A step that was read, and its text without commitments. */
interface ReadStep {
  readonly step: Step;
  readonly text: StepText;
  readonly received: ReceivedSpan;
}

/**
 * What a step that is new, or says something else than before, commits to. What it committed to before stands: only the
 * personal members may have changed. Where the key was destroyed it stands whatever they say now.
 */
function sealAnew(
  { step, text, received }: ReadStep,
  standing: StandingSteps,
  sealer: StepSealer,
  contents: ContentRow[],
): StepCommitments | undefined {
  const identity = identityText(text);
  const before = standing.commitmentsOf(step);
  if (before !== undefined) {
    if (identity === standing.identityOf(step)) return before;
    return { ...before, identity: sealer.identity(before, step, identity) ?? before.identity };
  }
  const sealed = sealer.seal(step, received, identity);
  if (sealed === null) return undefined;
  if (!standing.has(step)) contents.push(...sealed.contents);
  return sealed.commitments;
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
