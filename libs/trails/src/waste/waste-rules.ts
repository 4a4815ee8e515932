/** How a rule finds what it finds: `structure` needs no content, `content` does, `both` finds less without. */
export type WasteEvidence = 'structure' | 'content' | 'both';

/**
 * `cost`: what it proves is taken out of the cost of the run, each pico by one rule. `overlay`: it says something about
 * cost that stands elsewhere. `opportunity`: a saving that nobody has tested; it is never called waste.
 */
export type WasteEffect = 'cost' | 'overlay' | 'opportunity';

export interface WasteRule {
  readonly id: RuleId;
  readonly name: string;
  readonly evidence: WasteEvidence;
  readonly effect: WasteEffect;
  /** Of its amounts: whole charges, a charge split by a declared rule, or a statistic. */
  readonly grade: 'metered' | 'allocated' | 'estimated';
}

/** The rules of waste in the order of their precedence (methods.md 4.5). */
export const WASTE_RULES = [
  { id: 'W1', name: 'post_outcome', evidence: 'structure', effect: 'cost', grade: 'metered' },
  { id: 'W2', name: 'identical_llm', evidence: 'content', effect: 'cost', grade: 'metered' },
  { id: 'W3', name: 'identical_tool', evidence: 'content', effect: 'cost', grade: 'metered' },
  { id: 'W4', name: 'loop', evidence: 'both', effect: 'cost', grade: 'metered' },
  { id: 'W5', name: 'tool_error', evidence: 'structure', effect: 'cost', grade: 'metered' },
  { id: 'W6', name: 'transport_retry', evidence: 'structure', effect: 'cost', grade: 'metered' },
  { id: 'W7', name: 'superseded', evidence: 'content', effect: 'cost', grade: 'metered' },
  { id: 'W8', name: 'retrieved_unused', evidence: 'content', effect: 'cost', grade: 'allocated' },
  { id: 'W9', name: 'stale_carry', evidence: 'content', effect: 'cost', grade: 'allocated' },
  { id: 'W10', name: 'dead_tools', evidence: 'structure', effect: 'cost', grade: 'allocated' },
  { id: 'W11', name: 'cache_miss', evidence: 'both', effect: 'cost', grade: 'allocated' },
  { id: 'W12', name: 'truncated', evidence: 'structure', effect: 'cost', grade: 'metered' },
  { id: 'W13', name: 'overlong_output', evidence: 'structure', effect: 'opportunity', grade: 'estimated' },
  { id: 'W14', name: 'abandoned', evidence: 'content', effect: 'cost', grade: 'metered' },
  { id: 'W15', name: 'post_warning', evidence: 'structure', effect: 'overlay', grade: 'metered' },
  { id: 'W16', name: 'idle', evidence: 'structure', effect: 'overlay', grade: 'metered' },
  { id: 'W17', name: 'overcapable', evidence: 'structure', effect: 'opportunity', grade: 'estimated' },
] as const satisfies readonly WasteRuleOf<string>[];

type WasteRuleOf<Id> = Omit<WasteRule, 'id'> & { readonly id: Id };
export type RuleId = (typeof WASTE_RULES)[number]['id'];

/** Names the rules as they are here; figures of another version are made again. */
export const WASTE_VERSION = 'waste@1';
