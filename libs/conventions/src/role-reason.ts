/** Why a step has its role: a stable code and the words users see. */
const WORDS = {
  only_witness: 'the only span that saw this call',
  billed_witness: 'this span is billed for the call, others saw it too',
  sole_carrier: 'totals of calls that left no usage of their own',
  sole_carrier_increase: 'what the running total gained since the total before it',
  sole_carrier_anew: 'a running total that fell since the total before it: an agent made anew, billed whole',
  call_failed: 'the call failed and reported no usage',
  usage_missing: 'the call reported no usage',
  start_changed: 'the same span sent again with another start',
  nested_mirror: 'the call inside this span is the same call',
  nested_without_usage: 'the call around this span reports the usage',
  same_response: 'another span saw the same provider response',
  same_request: 'another span saw the same provider request',
  replay: 'an answer bought before, served again',
  same_prompt: 'another record of the same prompt saw this call',
  logged_call: 'the span around this record saw the same call',
  content_of_call: 'the content of a call, which is counted elsewhere',
  same_usage: 'another emitter saw a call of the same model, time and usage',
  counted_in_total: 'the totals around this call are billed instead',
  same_tool_call: 'the same tool call seen at another layer',
  total_of_leaves: 'totals of calls that are billed one by one',
  nested_total: 'a call made of several calls inside it',
  no_totals: 'holds other steps',
  sampled: 'totals of a sampled trace, whose calls may be missing',
  fetch_response: 'fetches an answer that was paid for before',
  count_tokens: 'counts tokens, which is not billed',
  not_generative_ai: 'no model, agent or tool',
  not_billable: 'nothing of it is billed by a provider',
} as const;

export type RoleReason = keyof typeof WORDS;

/** @returns `code: words`. */
export function describeReason(code: RoleReason): string {
  return DESCRIBED.get(code)!;
}

const DESCRIBED: ReadonlyMap<string, string> = new Map(
  Object.entries(WORDS).map(([code, words]) => [code, `${code}: ${words}`]),
);

export function isRoleReason(code: string): code is RoleReason {
  return Object.hasOwn(WORDS, code);
}

/** @returns the code of a described reason. */
export function codeOf(described: string): string {
  const end = described.indexOf(':');
  return end < 0 ? described : described.slice(0, end);
}

/** @returns the words of a reason code; null for one that this version does not know. */
export function describeReasonCode(code: string): string | null {
  return isRoleReason(code) ? WORDS[code] : null;
}
