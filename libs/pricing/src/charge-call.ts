import type { Charge, Step } from '#model';
import { isInForce } from './indexed-row.ts';
import type { CallUnit, PriceIndex } from './price-index.ts';
import { ANY_PROVIDER, type RowMatch } from './price-shelf.ts';
import { canonicalProvider } from './provider-identity.ts';

const UNITS: Readonly<Partial<Record<Step['kind'], CallUnit>>> = {
  tool_call: 'tool_call',
  retrieval: 'search',
};
const MAX_NAME = 512;

/** What of a step says which call it was. */
export type CalledStep = Pick<
  Step,
  | 'kind'
  | 'role'
  | 'name'
  | 'tool'
  | 'provider'
  | 'modelResponse'
  | 'modelRequest'
  | 'startedAtNs'
  | 'errorType'
>;

/**
 * Prices a step that is no model call by the call: a tool call, a search of an index. The row is found by the name of
 * the tool (of the search: its model or data source, else the span's name): in each book the rows of the step's own
 * provider, then those of `*`, then those of the one provider that lists the name.
 *
 * @returns nothing where nobody prices a call of that name: most tools cost nothing by the call. Unpriced where
 *   several providers do and the step says none of them
 */
export function chargeCall(step: CalledStep, index: PriceIndex): Charge[] {
  const unit = UNITS[step.kind];
  if (unit === undefined || step.role !== 'none') return [];
  const name = nameOf(step).trim().toLowerCase();
  if (name === '' || name.length > MAX_NAME) return [];
  const provider = canonicalProvider(step.provider);
  for (const { calls } of index.scopes) {
    const shelves = calls[unit];
    const matches = shelves.providers.flatMap((each) =>
      shelves.find(each, name, false).filter(({ row }) => row.provider === each),
    );
    const inForce = matches.filter(({ row }) => row.serviceTier === null && isInForce(row, step.startedAtNs));
    const sellers = [...new Set(inForce.map(({ row }) => row.provider))];
    if (sellers.length === 0) continue;
    const seller = [provider, ANY_PROVIDER].find((each) => each !== null && sellers.includes(each));
    if (seller === undefined && sellers.length > 1)
      return [{ state: 'unpriced', reason: 'ambiguous_provider', provider, callModel: name }];
    const best = inForce.find(({ row }) => row.provider === (seller ?? sellers[0]))!;
    return [toCharge(best, unit, name, provider, step.errorType !== null)];
  }
  return [];
}

function nameOf({ kind, tool, modelResponse, modelRequest, name }: CalledStep): string {
  return kind === 'tool_call' ? (tool?.name ?? name) : (modelResponse ?? modelRequest ?? name);
}

function toCharge(
  { row }: RowMatch,
  unit: CallUnit,
  callModel: string,
  provider: string | null,
  isFailed: boolean,
): Charge {
  const base = {
    provider: row.provider === ANY_PROVIDER ? (provider ?? 'unknown') : row.provider,
    callModel,
  };
  const pricePico = row.prices[unit] ?? null;
  if (pricePico === null) return { state: 'unpriced', reason: 'no_price_for_class', ...base };
  return {
    state: 'priced',
    asset: row.asset,
    amountPico: pricePico,
    ...base,
    priceId: row.priceId,
    priceBook: row.priceBook,
    lines: [{ class: unit, quantity: 1n, pricePico, amountPico: pricePico }],
    estimates: isFailed ? [`${unit}: the call failed, charged as one that did not`] : [],
  };
}
