/** One class of what a step said or saw, opened, or the reason why it cannot be. */
export type ContentFact =
  | { readonly part: string; readonly mediaType: string; readonly text: string }
  | { readonly part: string; readonly redacted: Redaction };

/** Who took it away, and the leaf that says so; null = it was never stored or no leaf names it. */
export type Redaction = { readonly by: string; readonly leaf: number | null };

/** What steps said and saw, as far as it can be opened. */
export interface ContentFacts {
  /** Parts of a span by class; empty = the span held none. */
  of(traceId: string, spanId: string): readonly ContentFact[];
}

/** The text of a part; null where there is none, or it is redacted. */
export function textOf(parts: readonly ContentFact[], part: string): string | null {
  const found = parts.find((each) => each.part === part);
  return found !== undefined && 'text' in found ? found.text : null;
}
