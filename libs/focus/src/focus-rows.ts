import { formatPico, TOKEN_BUCKETS, type Asset, type ChargeLine } from '#model';
import { allocateLines, type AllocatedLine } from './allocate-lines.ts';
import type { FocusRow } from './focus-columns.ts';

/** A line of a charge with the price row it stands on. */
export type PricedLine = ChargeLine & { readonly priceId: string };

/** The attempt that a part of a charge belongs to. */
export interface FocusAttempt {
  readonly attemptId: string;
  readonly workflow: string;
  readonly agent: string | null;
  /** Boundaries of it were inferred. */
  readonly isEstimated: boolean;
  /** Attributes that were declared as dimensions. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The work item that a part of a charge belongs to, with what became of it. */
export interface FocusWorkItem {
  readonly kind: string;
  readonly key: string;
  /** The id that names it in leaves. */
  readonly surrogateId: string;
  readonly outcomeType: string;
  /** `open`, `achieved`, `failed`, ... */
  readonly state: string;
}

/** Where a part of a charge sits. */
export interface FocusPart {
  readonly account: string;
  readonly amountPico: bigint;
  readonly attempt: FocusAttempt | null;
  readonly workItem: FocusWorkItem | null;
  /** It is not asked for: no row is made of it, but of the call it takes its share. */
  readonly isAside?: boolean | undefined;
}

/** What stands charged for one call, in one currency, by one model. */
export interface FocusCharge {
  readonly traceId: string;
  /** UTC, `YYYY-MM-DD`. */
  readonly usageDay: string;
  readonly provider: string;
  readonly callModel: string;
  readonly asset: Asset;
  /** Quantity times price, summing to the parts; null where the stored price rows do not give the amount. */
  readonly lines: readonly PricedLine[] | null;
  readonly parts: readonly FocusPart[];
}

/**
 * Charges as rows of FOCUS 1.2: one for each trace, day, price and place (account, attempt, work item), so that calls of
 * one trace are summed and the pages of a file can be made one after the other. Costs sum to the parts, exactly; unit
 * price times quantity is the cost, to a pico. An amount that no quantity explains (taken back by hand, told by the
 * provider, converted) is a row of the category Adjustment, without quantity and SKU.
 *
 * @param charges of whole traces: rows of a trace that comes twice are not summed
 * @param account names the tenant, for BillingAccountId
 * @returns rows in an order that follows from the charges alone
 */
export function focusRows(charges: readonly FocusCharge[], account: string): FocusRow[] {
  const sums = new Map<string, Sum>();
  for (const charge of charges)
    for (const each of cellsOf(charge)) if (each.part.isAside !== true) addTo(sums, each);
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, sum]) => (sum.amountPico === 0n && sum.quantityPico === 0n ? [] : [toRow(sum, account)]));
}

interface Cell {
  readonly charge: FocusCharge;
  readonly part: FocusPart;
  readonly line: PricedLine | null;
  readonly isSplit: boolean;
  readonly allocated: AllocatedLine;
}

interface Sum {
  readonly first: Cell;
  amountPico: bigint;
  quantityPico: bigint;
  calls: number;
  isSplit: boolean;
}

function cellsOf(charge: FocusCharge): Cell[] {
  const { parts, lines } = charge;
  const isSplit = parts.length > 1;
  const amounts = parts.map(({ amountPico }) => amountPico);
  if (lines === null || !isSum(lines, amounts))
    return parts.map((part) => ({
      charge,
      part,
      line: null,
      isSplit,
      allocated: { amountPico: part.amountPico, quantityPico: 0n },
    }));
  const allocated = allocateLines(lines, amounts);
  return parts.flatMap((part, place) =>
    lines.map((line, index) => ({ charge, part, line, isSplit, allocated: allocated[place]![index]! })),
  );
}

const isSum = (lines: readonly PricedLine[], parts: readonly bigint[]): boolean =>
  parts.every((part) => part >= 0n) &&
  lines.reduce((sum, { amountPico }) => sum + amountPico, 0n) === parts.reduce((sum, part) => sum + part, 0n);

function addTo(sums: Map<string, Sum>, cell: Cell): void {
  const { charge, part, line, allocated } = cell;
  const key = JSON.stringify([
    charge.usageDay,
    charge.traceId,
    charge.provider,
    charge.callModel,
    charge.asset,
    part.account,
    part.workItem?.kind,
    part.workItem?.key,
    part.attempt?.attemptId,
    line?.class,
    line?.priceId,
    line?.pricePico.toString(),
  ]);
  const sum = sums.get(key) ?? { first: cell, amountPico: 0n, quantityPico: 0n, calls: 0, isSplit: false };
  sums.set(key, sum);
  sum.amountPico += allocated.amountPico;
  sum.quantityPico += allocated.quantityPico;
  sum.calls += 1;
  sum.isSplit ||= cell.isSplit;
}

function toRow(sum: Sum, account: string): FocusRow {
  const { charge, part, line } = sum.first;
  const cost = formatPico(sum.amountPico);
  const currency = charge.asset.split('/')[0]!;
  return {
    BilledCost: cost,
    BillingAccountId: account,
    BillingAccountName: account,
    BillingCurrency: currency,
    ...periodsOf(charge.usageDay),
    ChargeClass: null,
    ChargeDescription: describe(sum.first),
    // Null: what a commitment discounts is not known to spans. Rules about quantities refer to the column.
    CommitmentDiscountStatus: null,
    ContractedCost: cost,
    EffectiveCost: cost,
    InvoiceId: null,
    InvoiceIssuerName: charge.provider,
    ListCost: cost,
    // Prices are in the currency that is billed.
    PricingCurrency: currency,
    PricingCurrencyEffectiveCost: cost,
    ProviderName: charge.provider,
    PublisherName: charge.provider,
    ResourceId: charge.callModel,
    ResourceName: null,
    ResourceType: 'Model',
    ServiceCategory: 'AI and Machine Learning',
    ServiceName: `${charge.provider} API`,
    ServiceSubcategory: 'Generative AI',
    ...priced(charge, line, sum.quantityPico),
    x_CallCount: sum.calls,
    x_EvidenceGrade: gradeOf(sum),
    x_LedgerAccount: part.account,
    x_Model: charge.callModel,
    x_TokenType: line?.class ?? null,
    x_TraceId: charge.traceId,
    ...boughtBy(part),
  };
}

const NO_ATTEMPT = { dimensions: null, agent: null, attemptId: null, workflow: null };
const NO_ITEM = { surrogateId: null, state: null, outcomeType: null, key: null, kind: null };

function boughtBy({ attempt, workItem }: FocusPart) {
  const { dimensions, agent, attemptId, workflow } = attempt ?? NO_ATTEMPT;
  const { surrogateId, state, outcomeType, key, kind } = workItem ?? NO_ITEM;
  return {
    Tags: dimensions,
    x_AgentName: agent,
    x_AttemptId: attemptId,
    x_OutcomeId: surrogateId,
    x_OutcomeState: state,
    x_OutcomeType: outcomeType,
    x_WorkflowName: workflow,
    x_WorkItemKey: key,
    x_WorkItemKind: kind,
  };
}

const midnight = (day: string, days: number): string =>
  `${new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;

function periodsOf(day: string) {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  const nextMonth = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
  return {
    BillingPeriodStart: `${day.slice(0, 7)}-01T00:00:00Z`,
    BillingPeriodEnd: `${nextMonth}T00:00:00Z`,
    ChargePeriodStart: midnight(day, 0),
    ChargePeriodEnd: midnight(day, 1),
  };
}

const IS_TOKEN: ReadonlySet<string> = new Set(TOKEN_BUCKETS);
const UNITS: Readonly<Record<string, string>> = {
  request: 'Requests',
  search: 'Searches',
  image: 'Images',
  audio_second: 'Seconds',
  tool_call: 'Tool Calls',
};

function priced(charge: FocusCharge, line: PricedLine | null, quantityPico: bigint) {
  if (line === null)
    return {
      ChargeCategory: 'Adjustment',
      ChargeFrequency: 'One-Time',
      ConsumedQuantity: null,
      ConsumedUnit: null,
      ContractedUnitPrice: null,
      ListUnitPrice: null,
      PricingCategory: null,
      PricingCurrencyContractedUnitPrice: null,
      PricingCurrencyListUnitPrice: null,
      PricingQuantity: null,
      PricingUnit: null,
      SkuId: null,
      SkuMeter: null,
      SkuPriceDetails: null,
      SkuPriceId: null,
    };
  const quantity = formatPico(quantityPico);
  const unit = IS_TOKEN.has(line.class) ? 'Tokens' : UNITS[line.class]!;
  const price = formatPico(line.pricePico);
  const sku = `${charge.provider}/${charge.callModel}/${line.class}`;
  return {
    ChargeCategory: 'Usage',
    ChargeFrequency: 'Usage-Based',
    ConsumedQuantity: quantity,
    ConsumedUnit: unit,
    ContractedUnitPrice: price,
    ListUnitPrice: price,
    PricingCategory: 'Standard',
    PricingCurrencyContractedUnitPrice: price,
    PricingCurrencyListUnitPrice: price,
    PricingQuantity: quantity,
    PricingUnit: unit,
    SkuId: sku,
    SkuMeter: line.class,
    SkuPriceDetails: { x_PriceId: line.priceId },
    // One row of prices holds several: of classes, of long contexts.
    SkuPriceId: `${sku}@${line.priceId}/${line.pricePico}`,
  };
}

function describe({ charge, line, part }: Cell): string {
  const what = line === null ? 'amount without a quantity' : line.class;
  return `${charge.callModel}: ${what} (${part.account.slice(part.account.indexOf(':') + 1)})`;
}

/** The weakest of what the row is made of. */
function gradeOf({ first, isSplit }: Sum): string {
  if (first.part.attempt?.isEstimated === true) return 'estimated';
  return isSplit ? 'allocated' : 'metered';
}
