import type { UsageSemantics } from '#model';

/** What each rule of settling usage says, in words users see. */
const RULES: Readonly<Record<string, string>> = {
  'A1.0': 'the input was not reported',
  'A1.1': 'the provider’s own usage body stands on the span',
  'A1.2': 'no tokens were cached, so it makes no difference',
  'A1.3': 'more tokens were cached than the input counts, so it cannot contain them',
  'A1.4': 'the total is input, output and the cached tokens together',
  'A1.5': 'the provider’s total is input and output, so the cached tokens are inside',
  'A1.6': 'this emitter is known to count so with this provider',
  'A1.7': 'nothing on the span or in its trace tells, so the cached tokens are taken as inside the input',
  'A1.emitter': 'another span of the same emitter in this trace proves how it counts',
  rerank_search_unit: 'a rerank without tokens is one search',
};
const INPUTS: Readonly<Record<UsageSemantics['input'], string>> = {
  inclusive: 'input contains the cached tokens',
  exclusive: 'cached tokens stand beside the input',
  disjoint: 'every class of tokens was reported by itself',
  ambiguous: 'not decided whether input contains the cached tokens',
};

/** @returns how the counts were read and which rule decided, in words: for users, never for programs. */
export function describeUsageSemantics({ input, rule }: UsageSemantics): string {
  const [code = rule, ...by] = rule.split(':');
  const words = RULES[code] ?? code;
  return `${INPUTS[input]}: ${words}${by.length === 0 ? '' : ` (${by.join(' ')})`}`;
}
