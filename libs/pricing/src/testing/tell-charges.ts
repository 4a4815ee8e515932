import type { Charge, StepKind } from '#model';
import { chargeStep, type ChargedStep } from '../charge-step.ts';
import { buildPriceIndex } from '../price-index.ts';
import type { PriceRow } from '../price-row.ts';

const AT = BigInt(Date.parse('2026-09-15T12:00:00Z')) * 1_000_000n;

/** The place of a row of the tenant. */
export const own = (book: string) => ({ tenantId: '7', book });

/** A step of September 2026 that says nothing but its kind. */
export function step(kind: StepKind, more: Partial<ChargedStep>): ChargedStep {
  return {
    name: 'span',
    startedAtNs: AT,
    kind,
    role: 'none',
    provider: null,
    modelRequest: null,
    modelResponse: null,
    usage: null,
    usageState: 'missing',
    extraUsage: [],
    serviceTier: null,
    tool: null,
    errorType: null,
    ...more,
  };
}

/** `provider model asset amount by book@version: classes`, or why a part is unpriced. */
const told = (charge: Charge): string =>
  charge.state === 'unpriced'
    ? charge.reason
    : `${charge.provider} ${charge.callModel} ${charge.amountPico} ${charge.asset} by ${charge.priceBook}: ${charge.lines
        .map((line) => line.class)
        .join(' ')}`;
/** The charges of a step by these rows, told. */
export const chargesOf = (rows: readonly PriceRow[], each: ChargedStep) =>
  chargeStep(each, buildPriceIndex(rows)).map(told);
