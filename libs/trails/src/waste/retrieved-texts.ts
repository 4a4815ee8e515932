import { quotes, runsOf } from '../reading/same-words.ts';
import type { EqualTexts } from './equal-texts.ts';

/** A retrieved document. */
export interface RetrievedText {
  readonly same: number;
  readonly bytes: number;
  readonly text: string;
}

/** The documents that were retrieved so far in a trace, each once, and which of them a text quotes. */
export class RetrievedTexts {
  private readonly known = new Map<number, RetrievedText & { readonly runs: ReadonlySet<string> }>();
  private readonly quotedBy = new Map<string, readonly RetrievedText[]>();

  constructor(private readonly texts: EqualTexts) {}

  add(text: string): RetrievedText {
    const same = this.texts.numberOf(text);
    const before = this.known.get(same);
    if (before !== undefined) return before;
    const made = { same, bytes: Buffer.byteLength(text), text, runs: runsOf(text) };
    this.known.set(same, made);
    this.quotedBy.clear();
    return made;
  }

  quotedIn(text: string): readonly RetrievedText[] {
    if (this.known.size === 0) return [];
    let quoted = this.quotedBy.get(text);
    if (quoted === undefined) {
      quoted = [...this.known.values()].filter(({ runs }) => quotes(text, runs));
      this.quotedBy.set(text, quoted);
    }
    return quoted;
  }
}
