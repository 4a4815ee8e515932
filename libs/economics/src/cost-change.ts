import { roundHalfEven } from '#model';

/** What a group spent in a period, and on how much. */
export interface GroupSpend {
  readonly items: bigint;
  readonly attempts: bigint;
  readonly calls: bigint;
  /** null = not known of every call. */
  readonly tokens: bigint | null;
  readonly costPico: bigint;
}

export const CHANGE_FACTORS = ['volume', 'mix', 'attempts', 'calls', 'usage', 'price'] as const;
/**
 * Items in all; the group's share of them; attempts per item; calls per attempt; tokens per call; cost per token. Where
 * tokens are not known, `usage` is 0 and `price` is the cost per call.
 */
export type ChangeFactor = (typeof CHANGE_FACTORS)[number];

/** Effects in pico; they sum exactly to the change. */
export type ChangeEffects = Readonly<Record<ChangeFactor, bigint>>;

const NONE: ChangeEffects = { volume: 0n, mix: 0n, attempts: 0n, calls: 0n, usage: 0n, price: 0n };

/**
 * Splits the change of a group's cost between two periods into one effect per factor of
 * cost = items x share x attempts/item x calls/attempt x tokens/call x cost/token: additive LMDI-I (Ang 2004; methods.md
 * 6.5, 9.3). A factor that is zero on one side takes the whole change, as the limit of the formula does: a group that
 * came or went is mix, one whose calls began to cost is price.
 *
 * @param totals items of all groups in each period
 * @returns effects in pico, rounded, the rest on the largest: they sum to `after` less `before` exactly
 */
export function splitCostChange(
  before: GroupSpend,
  after: GroupSpend,
  totals: { readonly before: bigint; readonly after: bigint },
): ChangeEffects {
  const change = after.costPico - before.costPico;
  if (change === 0n && before.costPico === 0n) return NONE;
  const isTold = before.tokens !== null && after.tokens !== null;
  const [from, to] = [ratios(before, totals.before, isTold), ratios(after, totals.after, isTold)];
  const zero = CHANGE_FACTORS.find((factor) => from[factor] <= 0 || to[factor] <= 0);
  if (zero !== undefined) return { ...NONE, [zero]: change };
  const [first, last] = [Number(before.costPico), Number(after.costPico)];
  const mean = first === last ? first : (last - first) / Math.log(last / first);
  const rounded = Object.fromEntries(
    CHANGE_FACTORS.map((factor) => [factor, BigInt(Math.round(mean * Math.log(to[factor] / from[factor])))]),
  );
  const effects = { ...NONE, ...rounded };
  const largest = CHANGE_FACTORS.reduce((most, factor) =>
    absolute(effects[factor]) > absolute(effects[most]) ? factor : most,
  );
  return { ...effects, [largest]: effects[largest] + change - sumOf(effects) };
}

/** Effects of several groups added up. */
export const addEffects = (all: readonly ChangeEffects[]): ChangeEffects =>
  all.reduce<ChangeEffects>(
    (sum, effects) => ({
      volume: sum.volume + effects.volume,
      mix: sum.mix + effects.mix,
      attempts: sum.attempts + effects.attempts,
      calls: sum.calls + effects.calls,
      usage: sum.usage + effects.usage,
      price: sum.price + effects.price,
    }),
    NONE,
  );

/** Number(0n) / 0 is no number; here it is a factor of zero. */
const over = (part: bigint, whole: bigint): number => (whole === 0n ? 0 : Number(part) / Number(whole));

const ratios = (
  { items, attempts, calls, tokens, costPico }: GroupSpend,
  all: bigint,
  isTold: boolean,
): Record<ChangeFactor, number> => ({
  volume: Number(all),
  mix: over(items, all),
  attempts: over(attempts, items),
  calls: over(calls, attempts),
  usage: isTold ? over(tokens ?? 0n, calls) : 1,
  price: isTold ? over(costPico, tokens ?? 0n) : over(costPico, calls),
});

const sumOf = (effects: ChangeEffects): bigint =>
  CHANGE_FACTORS.reduce((sum, factor) => sum + effects[factor], 0n);
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/**
 * Change of spend = more outcomes at the earlier cost of each + a changed cost of each (methods.md 9.3).
 * @returns parts in pico that sum exactly to the change; null without outcomes before
 */
export function splitByVolume(
  before: { readonly outcomes: bigint; readonly costPico: bigint },
  after: { readonly outcomes: bigint; readonly costPico: bigint },
): { readonly volumePico: bigint; readonly unitCostPico: bigint } | null {
  if (before.outcomes === 0n) return null;
  const volumePico = roundHalfEven((after.outcomes - before.outcomes) * before.costPico, before.outcomes);
  return { volumePico, unitCostPico: after.costPico - before.costPico - volumePico };
}
