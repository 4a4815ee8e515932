/**
 * Splits a whole into whole parts in the proportion of their weights: largest remainder, ties by the order given.
 *
 * @returns one part for each weight; they sum to the whole. All weights 0: the first part takes it
 */
export function splitByWeight(whole: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.length === 0) return [];
  const sum = weights.reduce((total, weight) => total + weight, 0n);
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? whole : 0n));
  const parts = weights.map((weight) => (whole * weight) / sum);
  let left = whole - parts.reduce((total, part) => total + part, 0n);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (whole * weight) % sum }))
    .sort((a, b) => (a.remainder > b.remainder ? -1 : a.remainder < b.remainder ? 1 : a.index - b.index));
  for (const { index } of byRemainder) {
    if (left <= 0n) break;
    parts[index] = parts[index]! + 1n;
    left -= 1n;
  }
  return parts;
}

/** Input tokens of one call by how they were billed; in a prompt they stand in this order. */
export interface PromptTokens {
  readonly read: bigint;
  readonly write: bigint;
  readonly uncached: bigint;
}

/** Pico a token. */
export interface PromptPrices {
  readonly readPico: bigint;
  readonly writePico: bigint;
  readonly uncachedPico: bigint;
}

/** The tokens of a part [from, to) of a prompt, by how they were billed: [0, read), then [read, read + write), then the rest. */
export function tokensBetween(tokens: PromptTokens, from: bigint, to: bigint): PromptTokens {
  const within = (low: bigint, high: bigint): bigint => {
    const start = from > low ? from : low;
    const end = to < high ? to : high;
    return end > start ? end - start : 0n;
  };
  const { read, write, uncached } = tokens;
  return {
    read: within(0n, read),
    write: within(read, read + write),
    uncached: within(read + write, read + write + uncached),
  };
}

export const priceTokens = (
  { read, write, uncached }: PromptTokens,
  { readPico, writePico, uncachedPico }: PromptPrices,
): bigint => read * readPico + write * writePico + uncached * uncachedPico;

/**
 * What caching a prefix of so many tokens saves over calls that all begin with it, within its time to live (methods.md
 * 4.7): below 0 where writing costs more than the reads save.
 */
export const cachingSaving = (
  calls: bigint,
  prefixTokens: bigint,
  { readPico, writePico, uncachedPico }: PromptPrices,
): bigint =>
  calls * prefixTokens * uncachedPico - (prefixTokens * writePico + (calls - 1n) * prefixTokens * readPico);

/** The fewest calls from which on caching a prefix costs no more than not caching it; null: no number of calls does. */
export function breakEvenCalls({ readPico, writePico, uncachedPico }: PromptPrices): bigint | null {
  const gain = uncachedPico - readPico;
  if (gain <= 0n) return writePico <= uncachedPico ? 1n : null;
  const premium = writePico - uncachedPico;
  // calls x gain >= premium + gain
  return premium <= 0n ? 1n : (premium + gain - 1n) / gain + 1n;
}

/** Input that was billed and what of it was new. */
export interface ContextGrowth {
  readonly billedTokens: bigint;
  readonly uniqueTokens: bigint;
}

/**
 * How often a conversation's history was sent again (methods.md 4.6): over the calls of each chain, what was billed, and
 * the longest prompt of it, which holds everything once as long as history is only added to.
 *
 * @param chains input tokens of the calls of each agent, in time
 */
export function contextGrowth(chains: readonly (readonly bigint[])[]): ContextGrowth {
  let billedTokens = 0n;
  let uniqueTokens = 0n;
  for (const chain of chains) {
    let longest = 0n;
    for (const tokens of chain) {
      billedTokens += tokens;
      if (tokens > longest) longest = tokens;
    }
    uniqueTokens += longest;
  }
  return { billedTokens, uniqueTokens };
}
