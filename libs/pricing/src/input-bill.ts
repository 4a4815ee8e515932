import { USD_PICO, type Charge, type TokenBucket, type Usage } from '#model';
import { chargeStep, type ChargedStep } from './charge-step.ts';
import type { PriceIndex } from './price-index.ts';

/** How the input of a call was billed, and what a token of each sort costs it. Pico USD. */
interface BilledInput {
  readonly tokens: { readonly read: bigint; readonly write: bigint; readonly uncached: bigint };
  readonly prices: { readonly readPico: bigint; readonly writePico: bigint; readonly uncachedPico: bigint };
}

const WRITES = ['cache_write_5m', 'cache_write_1h', 'cache_write_unk'] as const satisfies TokenBucket[];
const TEXT_INPUT: ReadonlySet<string> = new Set(['in_uncached', 'cache_read', ...WRITES]);
const NO_INPUT: ReadonlySet<string> = new Set(['out_text', 'reasoning']);

/**
 * The input side of the bill of a call, by what was read from the cache, written to it, and neither. What the call did
 * not use is priced as if it had used a token of it, at the same size of the prompt; where the price list knows no such
 * price it is that of uncached input.
 *
 * @param charges of the step
 * @returns null where its input was not priced in USD by these three alone: sound, images, several price rows, two ways
 *   of writing, parts outside of its totals
 */
export function inputBill(
  step: ChargedStep,
  charges: readonly Charge[],
  index: PriceIndex,
): BilledInput | null {
  const [charge] = charges;
  const { usage } = step;
  if (usage === null || charges.length !== 1 || step.extraUsage.length > 0) return null;
  if (charge?.state !== 'priced' || charge.asset !== USD_PICO) return null;
  if (charge.lines.some((line) => !TEXT_INPUT.has(line.class) && !NO_INPUT.has(line.class))) return null;
  const quantityOf = (bucket: TokenBucket): bigint => usage.tokens[bucket] ?? 0n;
  const written = WRITES.filter((bucket) => quantityOf(bucket) > 0n);
  if (written.length > 1) return null;
  const write = written[0] ?? 'cache_write_5m';
  const tokens = {
    read: quantityOf('cache_read'),
    write: quantityOf(write),
    uncached: quantityOf('in_uncached'),
  };
  const uncachedPico =
    priceIn(charge, 'in_uncached') ?? priceAs(step, usage, tokens, 'in_uncached', write, index);
  if (uncachedPico === null) return null;
  const priceOf = (bucket: TokenBucket): bigint =>
    priceIn(charge, bucket) ?? priceAs(step, usage, tokens, bucket, write, index) ?? uncachedPico;
  return { tokens, prices: { readPico: priceOf('cache_read'), writePico: priceOf(write), uncachedPico } };
}

function priceIn(charge: Charge, bucket: TokenBucket): bigint | null {
  const line = charge.state === 'priced' ? charge.lines.find((each) => each.class === bucket) : undefined;
  return line === undefined || line.quantity === 0n ? null : line.pricePico;
}

/** What a token of this sort would have cost the call, if all of its input had been of it. */
function priceAs(
  step: ChargedStep,
  usage: Usage,
  { read, write, uncached }: BilledInput['tokens'],
  bucket: TokenBucket,
  written: TokenBucket,
  index: PriceIndex,
): bigint | null {
  const tokens = { ...usage.tokens, in_uncached: 0n, cache_read: 0n, [written]: 0n };
  const total = read + write + uncached;
  const [asIf] = chargeStep({ ...step, usage: { ...usage, tokens: { ...tokens, [bucket]: total } } }, index);
  return asIf === undefined ? null : priceIn(asIf, bucket);
}
