import { formatPico, type Step } from '#model';
import {
  buildPriceIndex,
  priceRowSchema,
  reproduceCharges,
  type PricedCharge,
  type PriceRow,
} from '#pricing';
import type { PostedBalance, PostedEntry, StoredLink } from '#store';
import { z } from 'zod';
import { formatWireTime, Money, Time } from '../wire.ts';
import { StepView, toStepView } from './step-view.ts';

const PriceView = z
  .object({
    priceId: z.guid(),
    book: z.string(),
    version: z.int(),
    provider: z.string(),
    model: z.string(),
    validFrom: z.string().nullable(),
    validTo: z.string().nullable(),
    serviceTier: z.string().nullable(),
  })
  .meta({ id: 'PriceOfCharge' });

export const ExplainedCostLine = z
  .object({
    step: StepView.nullable(),
    traceId: z.string(),
    spanId: z.string(),
    attemptId: z.guid().nullable(),
    account: z.string().meta({ description: 'Where this part of the charge sits now' }),
    currency: z.string(),
    amount: Money.meta({ description: 'The part of the charge that is this work item’s' }),
    charge: z.object({
      amount: Money.meta({ description: 'The whole charge; the parts of all work items sum to it' }),
      provider: z.string(),
      callModel: z.string(),
      price: PriceView.nullable().meta({ description: 'The first of the prices' }),
      prices: z.array(PriceView).meta({
        description:
          'Every price row of it: a contract that states some classes leaves the others to the list',
      }),
      lines: z
        .array(
          z.object({
            class: z.string(),
            quantity: z.string(),
            price: Money,
            amount: Money,
            priceId: z.guid(),
          }),
        )
        .nullable()
        .meta({
          description: 'quantity x price = amount per class; null when the stored price rows do not give it',
        }),
      estimates: z.array(z.string()),
    }),
    links: z.array(
      z.object({
        rule: z.string(),
        scope: z.string(),
        tier: z.string(),
        confidence: z.string(),
        linkId: z.guid(),
        spanId: z
          .string()
          .nullable()
          .meta({ description: 'The step that names the item; null: the whole trace' }),
      }),
    ),
    postings: z.array(
      z.object({
        transactionId: z.guid(),
        code: z.string(),
        cause: z.string(),
        account: z.string(),
        amount: Money,
        effectiveAt: Time,
        recordedAt: Time,
      }),
    ),
  })
  .meta({ id: 'ExplainedCostLine' });
export type ExplainedCostLine = z.infer<typeof ExplainedCostLine>;

export interface CostEvidence {
  readonly ref: string;
  /** Every standing balance of the traces concerned, both sides of the ledger. */
  readonly balances: readonly PostedBalance[];
  readonly history: readonly PostedEntry[];
  readonly steps: readonly Step[];
  readonly prices: ReadonlyMap<string, unknown>;
  /** What the tenant's books say that model names mean, of all versions. */
  readonly aliases: readonly PriceRow[];
  readonly links: readonly StoredLink[];
}

/**
 * One line per part of a charge that stands on the work item, by start, trace, span and account. Pure.
 * The lines sum to the item's cost: that is for the caller to check against what is posted.
 */
export function explainCost(evidence: CostEvidence): ExplainedCostLine[] {
  const steps = new Map(evidence.steps.map((step) => [`${step.traceId} ${step.spanId}`, step]));
  const startOf = (balance: PostedBalance): bigint =>
    steps.get(`${balance.postingId} ${balance.usageSpanId}`)?.startedAtNs ?? 0n;
  return evidence.balances
    .filter((balance) => balance.workItemRef === evidence.ref)
    .sort((a, b) => compare(startOf(a), startOf(b)) || compare(sortKey(a), sortKey(b)))
    .map((balance) => {
      const step = steps.get(`${balance.postingId} ${balance.usageSpanId}`) ?? null;
      return {
        step: step === null ? null : toStepView(step),
        traceId: balance.postingId,
        spanId: balance.usageSpanId,
        attemptId: balance.attemptId,
        account: balance.account,
        currency: balance.asset.split('/')[0]!,
        amount: formatPico(balance.amount),
        charge: chargeOf(balance, step, evidence),
        links: linksOf(balance, evidence.links),
        postings: evidence.history.filter((entry) => isAbout(entry, balance)).map(toPosting),
      };
    });
}

const compare = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
const sortKey = (balance: PostedBalance): string =>
  [balance.postingId, balance.usageSpanId, balance.callModel, balance.account, balance.attemptId].join(' ');

const isAbout = (entry: PostedEntry, balance: PostedBalance): boolean =>
  entry.traceId === balance.postingId &&
  entry.spanId === balance.usageSpanId &&
  entry.provider === balance.provider &&
  entry.callModel === balance.callModel &&
  entry.asset === balance.asset;

const toPosting = (entry: PostedEntry) => ({
  transactionId: entry.transactionId,
  code: entry.code,
  cause: entry.cause,
  account: entry.account,
  amount: formatPico(entry.amount),
  effectiveAt: formatWireTime(entry.effectiveAtUs),
  recordedAt: formatWireTime(entry.recordedAtUs),
});

/** Links of the whole trace, and of the steps of it; a step link speaks for what stands under its step. */
const linksOf = (balance: PostedBalance, links: readonly StoredLink[]): ExplainedCostLine['links'] =>
  links
    .filter(({ traceId, state }) => traceId === balance.postingId && state === 'booked')
    .map(({ rule, scope, tier, confidence, linkId, spanId }) => ({
      rule,
      scope,
      tier,
      confidence,
      linkId,
      spanId,
    }));

function chargeOf(
  balance: PostedBalance,
  step: Step | null,
  evidence: CostEvidence,
): ExplainedCostLine['charge'] {
  const credits = evidence.balances.filter(
    (other) =>
      other.priceId !== null &&
      other.postingId === balance.postingId &&
      other.usageSpanId === balance.usageSpanId &&
      other.provider === balance.provider &&
      other.callModel === balance.callModel &&
      other.asset === balance.asset,
  );
  const amountPico = -credits.reduce((sum, credit) => sum + credit.amount, 0n);
  const prices = rowsOf(credits, evidence);
  const charges = step === null ? null : reproduce(step, balance, amountPico, evidence);
  return {
    amount: formatPico(amountPico),
    provider: balance.provider,
    callModel: balance.callModel,
    price: prices[0] === undefined ? null : PriceView.parse(prices[0]),
    prices: prices.map((price) => PriceView.parse(price)),
    lines:
      charges?.flatMap(({ priceId, lines }) =>
        lines.map((line) => ({
          class: line.class,
          quantity: line.quantity.toString(),
          price: formatPico(line.pricePico),
          amount: formatPico(line.amountPico),
          priceId,
        })),
      ) ?? null,
    estimates: [...new Set(charges?.flatMap(({ estimates }) => estimates))],
  };
}

/** The rows that stand on balances, by id. */
function rowsOf(balances: readonly PostedBalance[], evidence: CostEvidence): PriceRow[] {
  const ids = new Set(balances.flatMap(({ amount, priceId }) => (amount === 0n ? [] : (priceId ?? []))));
  return [...ids].sort().flatMap((id) => {
    const stored = evidence.prices.get(id);
    return stored === undefined ? [] : [priceRowSchema.parse(stored)];
  });
}

/** Prices the step by the rows that stand on its charges; null when that does not give the posted amount. */
function reproduce(
  step: Step,
  balance: PostedBalance,
  amountPico: bigint,
  evidence: CostEvidence,
): PricedCharge[] | null {
  const ofUsage = evidence.balances.filter(
    (other) => other.postingId === balance.postingId && other.usageSpanId === balance.usageSpanId,
  );
  const index = buildPriceIndex([...rowsOf(ofUsage, evidence), ...evidence.aliases]);
  return reproduceCharges(step, { ...balance, amountPico }, index);
}
