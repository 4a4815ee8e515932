import { createHash } from 'node:crypto';
import { updateAttemptCosts, type Database } from '#store';

/** Writes what the worker would have written: work items, attempts, ledger and positions, in balance. */
export interface SeedItem {
  readonly kind?: string;
  readonly key: string;
  readonly phase?: 'open' | 'achieved' | 'failed';
  /** UTC time of the settlement; `2026-10-10` when settled and not given. */
  readonly at?: string;
  readonly attempts?: readonly SeedAttempt[];
}
export interface SeedAttempt {
  readonly placement: string;
  /** Parts, one per trace; the usage day is the day of the start. */
  readonly parts: readonly {
    readonly trace: string;
    readonly startedAt: string;
    readonly usd?: string;
    readonly workflow?: string;
    readonly model?: string;
    readonly provider?: string;
    readonly dimensions?: Record<string, string>;
    readonly calls?: number;
    readonly unpriced?: number;
    readonly withoutUsage?: number;
    readonly grade?: string;
  }[];
}

export const uuidOf = (text: string): string =>
  createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const ACCOUNTS: Record<string, string> = { work: '5100:work', outcome: '5200:outcome' };
const OUTCOME_TYPES: Record<string, string> = { ticket: 'ticket.resolved', claim: 'claim.processed' };

const PART = {
  usd: undefined,
  workflow: 'retail',
  model: 'gpt-x',
  provider: 'openai',
  dimensions: {},
  calls: 1,
  unpriced: 0,
  withoutUsage: 0,
  grade: 'metered',
};

export async function seedItem(db: Database, tenantId: bigint, item: SeedItem): Promise<string> {
  const { kind, phase, attempts } = { kind: 'ticket', phase: 'open', attempts: [], ...item };
  const ref = `${kind}:${tenantId}:${item.key}`;
  const at = phase === 'open' ? null : (item.at ?? '2026-10-10T12:00:00Z');
  const starts = attempts.flatMap(({ parts }) => parts.map(({ startedAt }) => startedAt)).sort();
  await db.query(
    `INSERT INTO work_items (tenant_id, ref, kind, key, surrogate_id, phase, outcome_type, definition, phase_at,
       final_at, first_attempt_at, last_attempt_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)`,
    [
      tenantId,
      ref,
      kind,
      item.key,
      uuidOf(`w${ref}`),
      phase,
      OUTCOME_TYPES[kind],
      `${kind}@0`,
      at,
      starts[0] ?? null,
      starts.at(-1) ?? null,
    ],
  );
  for (const [n, attempt] of attempts.entries())
    for (const part of attempt.parts) await seedPart(db, tenantId, ref, uuidOf(`${ref} ${n}`), attempt, part);
  return ref;
}

async function seedPart(
  db: Database,
  tenantId: bigint,
  ref: string,
  attemptId: string,
  { placement }: SeedAttempt,
  given: SeedAttempt['parts'][number],
): Promise<void> {
  const part = { ...PART, ...given };
  const traceId = uuidOf(part.trace);
  await db.query(
    `INSERT INTO attempts (tenant_id, trace_id, attempt_id, work_item_ref, started_at, ended_at, key_kind, grade,
       placement, workflow, agent, model, provider, dimensions, model_calls, unpriced_calls, calls_without_usage)
     VALUES ($1, $2, $3, $4, $5, $5, 'trace', $6, $7, $8, 'agent', $9, $10, $11, $12, $13, $14)`,
    [
      tenantId,
      traceId,
      attemptId,
      ref,
      part.startedAt,
      part.grade,
      placement,
      part.workflow,
      part.model,
      part.provider,
      part.dimensions,
      part.calls,
      part.unpriced,
      part.withoutUsage,
    ],
  );
  if (part.usd === undefined) return;
  const account = ACCOUNTS[placement] ?? `5300:${placement}`;
  const call = { provider: part.provider, callModel: part.model, at: part.startedAt, usd: part.usd };
  await seedCharge(db, tenantId, { traceId, attemptId, ref, account, ...call });
}

export interface SeedCharge {
  readonly traceId: string;
  readonly attemptId?: string | undefined;
  readonly ref?: string | undefined;
  readonly account: string;
  readonly usd: string;
  readonly at: string;
  readonly provider?: string;
  readonly callModel?: string;
  readonly spanId?: bigint;
  readonly priceId?: string;
  readonly currency?: string;
}

/** One balanced transaction and the positions it makes. */
export async function seedCharge(db: Database, tenantId: bigint, charge: SeedCharge): Promise<void> {
  const asset = `${charge.currency ?? 'USD'}/12`;
  const amount = BigInt(Math.round(Number(charge.usd) * 1e6)) * 1_000_000n;
  const txnId = uuidOf(
    `${charge.traceId} ${charge.attemptId} ${charge.account} ${charge.usd} ${charge.spanId}`,
  );
  const day = charge.at.slice(0, 10);
  const provider = charge.provider ?? 'openai';
  await db.query(
    `INSERT INTO ledger_transactions VALUES ($1, $2, $3, 'C100', 'spans', $4, $4, $5, '{}', $3)`,
    [tenantId, charge.traceId, txnId, charge.at, day.slice(0, 7)],
  );
  const entry = (n: number, account: string, signed: bigint, isCost: boolean) =>
    db.query(
      `INSERT INTO ledger_entries (tenant_id, posting_id, txn_id, n, account, asset, amount, usage_span_id, usage_day,
         provider, call_model, attempt_id, work_item_ref, price_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        tenantId,
        charge.traceId,
        txnId,
        n,
        account,
        asset,
        signed,
        charge.spanId ?? 1n,
        day,
        provider,
        charge.callModel ?? 'gpt-x',
        isCost ? (charge.attemptId ?? null) : null,
        isCost ? (charge.ref ?? null) : null,
        isCost ? null : (charge.priceId ?? null),
      ],
    );
  await entry(0, charge.account, amount, true);
  await entry(1, `2000:accrued:${provider}:${day.slice(0, 7)}`, -amount, false);
  const position = (attemptId: string | undefined, account: string, signed: bigint) =>
    db.query(
      `INSERT INTO positions (tenant_id, posting_id, attempt_id, account, asset, usage_day, amount) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (tenant_id, posting_id, attempt_id, account, asset, usage_day) DO UPDATE SET amount = positions.amount + excluded.amount`,
      [
        tenantId,
        charge.traceId,
        attemptId ?? '00000000-0000-0000-0000-000000000000',
        account,
        asset,
        day,
        signed,
      ],
    );
  await position(charge.attemptId, charge.account, amount);
  await position(undefined, `2000:accrued:${provider}:${day.slice(0, 7)}`, -amount);
  await updateAttemptCosts(db, tenantId, [charge.traceId]);
}
