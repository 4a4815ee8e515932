const WORDS: Readonly<Record<string, string>> = {
  ambiguous_input: 'nothing says whether the input contains the cached tokens',
  cache_invisible: 'this emitter leaves cached tokens out',
  cache_write_unknown: 'this emitter does not say how many tokens were written to the cache',
  decision_partly_refused:
    'something was said of a decision in a form that is not taken: a text where a code belongs, or no id',
  exclusive_against_dialect: 'the counts prove the opposite of what this emitter is known for',
  input_details_exceed_total: 'parts of the input are larger than the input',
  overwritten_span: 'a gateway wrote its last call onto this span: earlier calls of it are not told',
  output_details_exceed_total: 'parts of the output are larger than the output',
  provider_from_model: 'only the name of the model tells the provider',
  reasoning_missing: 'this emitter leaves reasoning tokens out',
  running_total_unplaced: 'nothing tells whether this running total contains what other traces counted',
  stream_start_counted: 'this emitter may count the first tokens of a stream twice',
  total_only: 'a total, but neither input nor output',
  total_unexplained: 'the total is larger than everything counted',
  unknown_usage_key: 'a token count under a name nobody has described was kept out',
  witnesses_disagree: 'another emitter counted this call differently',
  zero_cost_with_tokens: 'a cost of 0 was reported beside tokens, which says that the price was not known',
  zero_with_output: '0 tokens were reported beside an answer, so the count is missing',
};
const WORDS_BY_PREFIX: Readonly<Record<string, string>> = {
  also: 'the span also speaks the dialect',
  disagreement: 'two spellings differ for the count of',
  rejected: 'what was reported is no count:',
  unknown_usage_key: 'a token count under a name nobody has described was kept out:',
};

/** @returns a flag of a step in words; the code itself where there are none. */
export function describeFlag(flag: string): string {
  const at = flag.indexOf(':');
  const byPrefix = at < 0 ? undefined : WORDS_BY_PREFIX[flag.slice(0, at)];
  return byPrefix === undefined ? (WORDS[flag] ?? flag) : `${byPrefix} ${flag.slice(at + 1)}`;
}
