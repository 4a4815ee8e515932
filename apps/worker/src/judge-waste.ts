import { contentAddress, decryptContent } from '#evidence';
import { Unavailable, type Step, type TraceId } from '#model';
import type { ProcessLogger } from '#server';
import {
  claimWasteDue,
  completeWasteDue,
  inTransaction,
  readNextDueTenant,
  readContentRows,
  readPosted,
  readRunsToJudge,
  readSettings,
  readTraceReadings,
  replaceRunWaste,
  upsertTraceReadings,
  type Client,
  type DueWaste,
  type KeyStore,
  type RunWasteRow,
  type TraceReadingRow,
  type WasteFindingRow,
} from '#store';
import {
  judgeRun,
  NO_READING,
  readTraceContent,
  SHIPPED_WASTE_POLICY,
  wastePolicySchema,
  WASTE_VERSION,
  type ContentFact,
  type ContentFacts,
  type TraceReading,
  type WastePolicy,
} from '#trails';
import { groupBy } from './group-by.ts';
import type { PostParts } from './post-traces.ts';
import { readResolvedTraces } from './read-resolved-traces.ts';
import { runsOfTrace, startsOf } from './runs-of-trace.ts';

export interface JudgeParts extends Pick<PostParts, 'db' | 'rulebooks' | 'nowUs'> {
  readonly contentKeys: KeyStore;
  readonly logger: Pick<ProcessLogger, 'error'>;
}

/** A claim holds no row while it is read and thought about; see `completeWasteDue`. */
const TRACES_PER_TURN = 16;
const LEASE_MS = 60_000;
/** After so many claims without an end a trace waits for its next posting. */
const MOST_FAILURES = 8;

/**
 * Judges the cost of runs that were posted since they were judged last (docs/adr/028). Nothing is posted. Any number may
 * run at once; what was posted meanwhile is judged again.
 *
 * @param isStopping asked between turns
 * @returns how many traces were judged
 */
export async function judgeWaste(parts: JudgeParts, isStopping: () => boolean): Promise<number> {
  let judged = 0;
  while (!isStopping()) {
    const claims = await claimWasteDue(parts.db, TRACES_PER_TURN, LEASE_MS);
    if (claims.length === 0) return judged;
    for (const [tenantId, ofTenant] of groupBy(claims, (claim) => claim.tenantId))
      judged += await judgeApart(parts, tenantId, ofTenant);
    // The books come first: while traces wait to be posted, one turn a sweep is judged.
    if ((await readNextDueTenant(parts.db, 0n)) !== null) return judged;
  }
  return judged;
}

/** What fails together is tried one by one, so that one bad trace holds up none. */
async function judgeApart(parts: JudgeParts, tenantId: bigint, claims: readonly DueWaste[]): Promise<number> {
  try {
    return await judgeTraces(parts, tenantId, claims);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    const [only] = claims;
    if (claims.length === 1 && only !== undefined) {
      parts.logger.error('a trace could not be judged; it is tried again later', {
        tenantId: tenantId.toString(),
        traceId: only.traceId,
        failures: only.failures,
        error,
      });
      if (only.failures >= MOST_FAILURES)
        await inTransaction(parts.db, (client) => completeWasteDue(client, tenantId, [only]));
      return 0;
    }
    let judged = 0;
    for (const claim of claims) judged += await judgeApart(parts, tenantId, [claim]);
    return judged;
  }
}

interface Judged {
  readonly readings: readonly TraceReadingRow[];
  readonly runs: readonly RunWasteRow[];
  readonly findings: readonly WasteFindingRow[];
}

async function judgeTraces(
  parts: JudgeParts,
  tenantId: bigint,
  claims: readonly DueWaste[],
): Promise<number> {
  const traceIds = claims.map(({ traceId }) => traceId);
  const judged = await inTransaction(parts.db, (client) => think(client, parts, tenantId, traceIds));
  return inTransaction(parts.db, async (client) => {
    const standing = await completeWasteDue(client, tenantId, claims);
    const stands = ({ traceId }: { readonly traceId: TraceId }): boolean => standing.has(traceId);
    await upsertTraceReadings(client, tenantId, judged.readings.filter(stands));
    await replaceRunWaste(
      client,
      tenantId,
      [...standing],
      judged.runs.filter(stands),
      judged.findings.filter(stands),
    );
    return standing.size;
  });
}

async function think(
  client: Client,
  parts: JudgeParts,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<Judged> {
  const { rules, prices } = await parts.rulebooks.read(client, tenantId);
  const policyAt = await readWastePolicy(client, tenantId);
  const resolved = await readResolvedTraces(client, tenantId, traceIds, rules);
  const posted = groupBy(await readPosted(client, tenantId, traceIds), ({ postingId }) => postingId);
  const { runs, revisions } = await readRunsToJudge(client, tenantId, traceIds);
  const runsOf = groupBy(runs, ({ traceId }) => traceId);
  const stepsOf = new Map(
    [...resolved].map(([traceId, { trace }]) => [traceId, trace.steps.map(({ step }) => step)]),
  );
  const { readings, made } = await readReadings(client, parts, tenantId, stepsOf, revisions);
  const judged = { readings: made, runs: [] as RunWasteRow[], findings: [] as WasteFindingRow[] };
  for (const [traceId, { trace, startedAtUs }] of resolved) {
    const facts = runsOfTrace(
      {
        steps: trace.steps,
        runs: runsOf.get(traceId) ?? [],
        posted: posted.get(traceId) ?? [],
        reading: readings.get(traceId) ?? NO_READING,
      },
      prices,
      policyAt(startedAtUs),
    );
    const starts = startsOf(trace.steps);
    for (const [attemptId, run] of facts) {
      const { findings, essential, outputs, ...verdict } = judgeRun(run);
      judged.runs.push({
        ...verdict,
        traceId,
        attemptId,
        essentialSpans: essential,
        outputs: outputs.map((output) => ({ ...output })),
        rules: WASTE_VERSION,
      });
      for (const finding of findings)
        judged.findings.push({ ...finding, traceId, attemptId, startedAtUs: starts.get(finding.spanId)! });
    }
  }
  return judged;
}

/** The policy `waste` in force at a business time. */
async function readWastePolicy(client: Client, tenantId: bigint): Promise<(atUs: bigint) => WastePolicy> {
  const versions = (await readSettings(client, tenantId, 'policies')).filter(({ name }) => name === 'waste');
  return (atUs) => {
    const inForce = versions.findLast(({ validFromUs }) => validFromUs === null || validFromUs <= atUs);
    return inForce === undefined ? SHIPPED_WASTE_POLICY : wastePolicySchema.parse(inForce.rule);
  };
}

/**
 * What the content of traces says: read again where a trace has a newer revision and all of its content can still be
 * opened. Otherwise what was read before stands: verdicts outlive the content they rest on.
 */
async function readReadings(
  client: Client,
  { contentKeys }: JudgeParts,
  tenantId: bigint,
  stepsOf: ReadonlyMap<TraceId, readonly Step[]>,
  revisions: ReadonlyMap<TraceId, number>,
): Promise<{ readonly readings: Map<TraceId, TraceReading>; readonly made: TraceReadingRow[] }> {
  const traceIds = [...stepsOf.keys()];
  const standing = new Map(
    (await readTraceReadings(client, tenantId, traceIds)).map((row) => [row.traceId, row]),
  );
  const readings = new Map([...standing].map(([traceId, row]) => [traceId, parseReading(row.reading)]));
  const stale = traceIds.filter(
    (traceId) =>
      standing.get(traceId)?.revision !== revisions.get(traceId) &&
      stepsOf.get(traceId)!.some(({ commitments }) => Object.keys(commitments?.parts ?? {}).length > 0),
  );
  if (stale.length === 0) return { readings, made: [] };
  const { contents, missing } = await openAll(client, contentKeys, tenantId, stale, stepsOf);
  const made: TraceReadingRow[] = [];
  for (const traceId of stale) {
    if (missing.has(traceId) && standing.has(traceId)) continue;
    const reading = readTraceContent(stepsOf.get(traceId)!, contents);
    readings.set(traceId, reading);
    // Where something could not be opened it is tried again whenever the trace is judged.
    const revision = missing.has(traceId) ? 0 : revisions.get(traceId)!;
    made.push({ traceId, revision, reading: JSON.stringify(reading) });
  }
  return { readings, made };
}

/** Written by the line above. */
function parseReading(text: string): TraceReading {
  const reading: TraceReading = JSON.parse(text);
  return reading;
}

/** The content of traces as far as it can be opened, and the traces of which something cannot. */
async function openAll(
  client: Client,
  keys: KeyStore,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  stepsOf: ReadonlyMap<TraceId, readonly Step[]>,
): Promise<{ readonly contents: ContentFacts; readonly missing: ReadonlySet<TraceId> }> {
  const rows = await readContentRows(client, tenantId, traceIds);
  const known = await keys.keysOf(tenantId, new Set(rows.map(({ subjectId }) => subjectId)));
  const opened = new Map<string, ContentFact[]>();
  for (const row of rows) {
    const own = known.get(row.subjectId);
    if (own === undefined) continue;
    const address = contentAddress(tenantId, row.traceId, row.spanId, row.startedAtUs);
    const text = decryptContent(own, `${address}/${row.part}`, row.sealed).toString();
    const key = `${row.traceId} ${row.spanId}`;
    const fact = { part: row.part, mediaType: row.mediaType, text };
    const list = opened.get(key);
    if (list === undefined) opened.set(key, [fact]);
    else list.push(fact);
  }
  const missing = new Set(
    traceIds.filter((traceId) =>
      stepsOf
        .get(traceId)!
        .some(({ spanId, commitments }) =>
          Object.keys(commitments?.parts ?? {}).some(
            (part) => !opened.get(`${traceId} ${spanId}`)?.some((fact) => fact.part === part),
          ),
        ),
    ),
  );
  return { contents: { of: (traceId, spanId) => opened.get(`${traceId} ${spanId}`) ?? [] }, missing };
}
