import type { Ref, Step } from '#model';
import { SPLIT_DRIVERS, type LinkPolicy, type SplitDriver } from './link-rules.ts';

/** What the parts of a trace that name a work item of its own say about sharing the rest of it. */
export interface PartsOfItems {
  /** The leaves that belong to the item by a name. */
  readonly leavesOf: (ref: Ref) => readonly Step[];
  /** Tool calls that name the item themselves. */
  readonly toolCallsOf: (ref: Ref) => number;
  /** What an outcome event says the item weighs (pages, lines); null where none does. */
  readonly weightOf: (ref: Ref) => bigint | null;
}

/** Integer weights by which shared cost is split, and the driver they come from. */
export interface SplitWeights {
  readonly driver: SplitDriver;
  /** What stands on the links: the driver, and the policy that declared it. */
  readonly rule: string;
  readonly weights: ReadonlyMap<Ref, bigint>;
}

/**
 * Weights of the work items that share what names none of them: by the declared driver where it says anything about
 * any of them, else evenly; `best_available` takes the first of tokens, tool calls and weight that does (methods 2.2).
 */
export function splitWeights(refs: readonly Ref[], policy: LinkPolicy, parts: PartsOfItems): SplitWeights {
  const asked: readonly SplitDriver[] =
    policy.splitDriver === 'best_available' ? SPLIT_DRIVERS : [policy.splitDriver, 'even'];
  for (const driver of asked) {
    const weights = new Map(refs.map((ref) => [ref, weightBy(driver, ref, parts)]));
    if ([...weights.values()].every((weight) => weight === 0n)) continue;
    const declaredBy = policy.version === 0 ? '' : `/links@${policy.version}`;
    return { driver, rule: `split-${driver}@1${declaredBy}`, weights };
  }
  throw new Error('an even split always has weights');
}

function weightBy(driver: SplitDriver, ref: Ref, parts: PartsOfItems): bigint {
  if (driver === 'tokens') return parts.leavesOf(ref).reduce((sum, step) => sum + tokensOf(step), 0n);
  if (driver === 'tool_calls') return BigInt(parts.toolCallsOf(ref));
  return driver === 'weight' ? (parts.weightOf(ref) ?? 0n) : 1n;
}

const tokensOf = ({ usage }: Step): bigint =>
  usage === null ? 0n : Object.values(usage.tokens).reduce((sum, count) => sum + count, 0n);
