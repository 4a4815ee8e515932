import {
  assessSteps,
  claimsOf,
  emitterOf,
  type AssessedStep,
  type Emitter,
  type EmitterDay,
} from '#conventions';
import type { SpanAddress, TraceId } from '#model';
import {
  insertEmitters,
  moveQualityDays,
  QUALITY_SHARDS,
  readRecordsAt,
  readTraceQuality,
  replaceCostClaims,
  replaceFindings,
  upsertTraceQuality,
  type Client,
  type CostClaimRow,
  type QualityMove,
} from '#store';
import { parseStep } from '#trails';
import { v5 as uuidFromName } from 'uuid';
import { NAMESPACE } from './posting-facts.ts';

/** The newest steps of a trace with what pricing and attribution made of them. */
export interface AssessedTrace {
  readonly traceId: TraceId;
  readonly steps: readonly AssessedStep[];
}

/**
 * Brings what is known of emitters to what these traces say now (docs/adr/009): each trace's counts replace those it
 * said before, and the days of the emitters move by the difference. Saying it again changes nothing.
 *
 * @param isAnew writes what traces say even where it seems to stand already: something else may have been changed
 *
 * The caller holds the postings of the traces, and calls this last: its rows are the busiest of the transaction.
 */
export async function saveQuality(
  client: Client,
  tenantId: bigint,
  traces: readonly AssessedTrace[],
  isAnew = false,
): Promise<void> {
  if (traces.length === 0) return;
  const names = {
    idOf: emitterIds(tenantId),
    emitterAt: await readForeignEmitters(client, tenantId, traces),
  };
  const standing = new Map(
    (
      await readTraceQuality(
        client,
        tenantId,
        traces.map(({ traceId }) => traceId),
      )
    ).map((row) => [row.traceId, row]),
  );
  const said = traces.map(({ traceId, steps }) => {
    const days = assessSteps(steps, names);
    const claims = claimRows(traceId, steps, names.idOf);
    return { traceId, days, claims, summary: toSummary(days, claims), before: standing.get(traceId) };
  });
  const changed = said.filter(({ summary, before }) => isAnew || before?.summary !== summary);
  if (changed.length === 0) return;
  await insertEmitters(client, tenantId, emittersIn(changed.flatMap(({ days }) => days)));
  await upsertTraceQuality(
    client,
    tenantId,
    changed.map(({ traceId, claims, summary }) => ({ traceId, claims: claims.length, summary })),
  );
  await replaceFindings(
    client,
    tenantId,
    changed.filter(({ before }) => isAnew || before !== undefined).map(({ traceId }) => traceId),
    changed.flatMap(({ traceId, days }) =>
      days.flatMap(({ emitterId, day, findings }) =>
        findings.map((finding) => ({ ...finding, traceId, emitterId, day })),
      ),
    ),
  );
  await replaceCostClaims(
    client,
    tenantId,
    changed
      .filter(({ before }) => isAnew || (before !== undefined && before.claims > 0))
      .map(({ traceId }) => traceId),
    changed.flatMap(({ claims }) => claims),
  );
  const moves = movesBetween(
    changed.flatMap(({ before }) => (before === undefined ? [] : countsIn(before.summary))),
    changed.flatMap(({ days }) => days.flatMap(countsOf)),
  );
  // Two workers hold different traces, so a trace's id is as good as chance for keeping them apart.
  await moveQualityDays(
    client,
    tenantId,
    moves,
    parseInt(changed[0]!.traceId.slice(-4), 16) % QUALITY_SHARDS,
  );
}

/** An emitter has the same id whoever meets it first. */
function emitterIds(tenantId: bigint): (emitter: Emitter) => string {
  const known = new Map<string, string>();
  return ({ service, scope, scopeVersion, dialect }) => {
    const name = JSON.stringify([service, scope, scopeVersion, dialect]);
    let id = known.get(name);
    if (id === undefined) known.set(name, (id = uuidFromName(`emitter ${tenantId} ${name}`, NAMESPACE)));
    return id;
  };
}

/** Who wrote the billed spans of other traces that spans of these mirror. */
async function readForeignEmitters(
  client: Client,
  tenantId: bigint,
  traces: readonly AssessedTrace[],
): Promise<(address: SpanAddress) => Emitter | null> {
  const addresses = new Map<string, SpanAddress>();
  for (const { traceId, steps } of traces)
    for (const { step } of steps)
      if (step.mirrorOf !== null && step.mirrorOf.traceId !== traceId)
        addresses.set(keyOf(step.mirrorOf), step.mirrorOf);
  const emitters = new Map<string, Emitter>();
  for (const record of await readRecordsAt(client, tenantId, [...addresses.values()])) {
    const step = parseStep(record);
    emitters.set(keyOf(step), emitterOf(step));
  }
  return (address) => emitters.get(keyOf(address)) ?? null;
}

const keyOf = ({ traceId, spanId }: SpanAddress): string => `${traceId} ${spanId}`;

function emittersIn(days: readonly EmitterDay[]) {
  return [...new Map(days.map(({ emitterId, emitter }) => [emitterId, { emitterId, ...emitter }])).values()];
}

function claimRows(
  traceId: TraceId,
  steps: readonly AssessedStep[],
  idOf: (emitter: Emitter) => string,
): CostClaimRow[] {
  return claimsOf(steps).map(({ emitter, own, nearest, isZeroWithTokens, ...claim }) => ({
    ...claim,
    traceId,
    day: dayOf(claim.startedAtUs),
    emitterId: idOf(emitter),
    currency: (own ?? nearest)?.currency ?? null,
    source: own?.source ?? null,
    ownAmount: own?.amount ?? null,
    nearestAmount: nearest?.amount ?? null,
    isZero: isZeroWithTokens,
  }));
}

const dayOf = (timeUs: bigint): string => new Date(Number(timeUs / 1000n)).toISOString().slice(0, 10);

/** Everything a trace said, in one text: what is equal needs no writing. */
function toSummary(days: readonly EmitterDay[], claims: readonly CostClaimRow[]): string {
  return JSON.stringify(
    {
      days: days.map(({ day, emitterId, counts, findings }) => ({
        day,
        emitterId,
        counts: Object.fromEntries(counts),
        findings: findings.map(({ code, spanId, startedAtUs }) => [code, spanId, startedAtUs]),
      })),
      claims: claims.map((claim) => Object.values(claim)),
    },
    (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  );
}

const countsOf = ({ day, emitterId, counts }: EmitterDay): QualityMove[] =>
  [...counts].map(([measure, by]) => ({ day, emitterId, measure, by }));

/** The counts that a summary holds. */
export function countsIn(summary: string): QualityMove[] {
  const { days }: StoredSummary = JSON.parse(summary);
  return days.flatMap(({ day, emitterId, counts }) =>
    Object.entries(counts).map(([measure, by]) => ({ day, emitterId, measure, by })),
  );
}

/** As `toSummary` writes it. */
interface StoredSummary {
  readonly days: readonly {
    readonly day: string;
    readonly emitterId: string;
    readonly counts: Readonly<Record<string, number>>;
  }[];
}

/** After minus before, by day, emitter and measure; what did not move is left out. */
function movesBetween(before: readonly QualityMove[], after: readonly QualityMove[]): QualityMove[] {
  const moves = new MoveSums();
  for (const move of before) moves.add(move, -1);
  for (const move of after) moves.add(move, 1);
  return moves.all();
}

/** Moves, summed by day, emitter and measure. */
export class MoveSums {
  private readonly sums = new Map<string, QualityMove>();

  add(move: QualityMove, sign: 1 | -1): void {
    const key = `${move.day} ${move.emitterId} ${move.measure}`;
    this.sums.set(key, { ...move, by: (this.sums.get(key)?.by ?? 0) + sign * move.by });
  }

  /** Those that came to something. */
  all = (): QualityMove[] => [...this.sums.values()].filter(({ by }) => by !== 0);
}
