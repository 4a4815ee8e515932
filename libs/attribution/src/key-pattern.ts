/** One place of a key: which characters may stand in it, and whether it may be left out. */
interface Place {
  readonly accepts: ReadonlySet<number>;
  readonly isOptional: boolean;
}

/** A set of places is one 32-bit number, so a key has at most this many characters. */
const MAX_PLACES = 30;
const MIN_REQUIRED = 3;
const SPECIAL = '[](){}|*+.^$?\\';

/**
 * What a key looks like in text: a small language without anything that could take long. Literal characters, `\d`,
 * sets as `[A-Z0-9]`, and `?`, `{n}`, `{m,n}` after any of them; nothing is unbounded, nothing nests. A key is 3 to 30
 * ASCII characters and stands between characters that are no letter, digit or underscore.
 *
 * Matching walks the text once with a set of places in one number; no pattern and no text takes more than 30 steps per
 * character. No regular expression engine takes part.
 */
export class KeyPattern {
  private readonly masks = new Uint32Array(128);
  private readonly optional: number;
  private readonly accept: number;

  private constructor(places: readonly Place[]) {
    let optional = 0;
    places.forEach(({ accepts, isOptional }, place) => {
      if (isOptional) optional |= 1 << place;
      for (const code of accepts) this.masks[code]! |= 1 << place;
    });
    this.optional = optional;
    this.accept = 1 << places.length;
  }

  /** @throws SyntaxError saying what is wrong and where */
  static parse(pattern: string): KeyPattern {
    const places = parsePlaces(pattern);
    const required = places.filter(({ isOptional }) => !isOptional);
    if (places.length > MAX_PLACES)
      throw new SyntaxError(`a key of this pattern could have over ${MAX_PLACES} characters`);
    if (required.length < MIN_REQUIRED)
      throw new SyntaxError(`a key of this pattern could have under ${MIN_REQUIRED} characters`);
    if (!required.some(({ accepts }) => [...DIGITS].some((digit) => accepts.has(digit))))
      throw new SyntaxError('no place of the pattern must hold a digit: it would find words');
    return new KeyPattern(places);
  }

  /** @returns distinct keys in the order they stand in the text, the longest at each place; at most `limit` */
  find(text: string, limit: number): string[] {
    const found = new Set<string>();
    for (let start = 0; start < text.length && found.size < limit; start++) {
      if (start > 0 && isWord(text.charCodeAt(start - 1))) continue;
      const end = this.longestFrom(text, start);
      if (end === -1) continue;
      found.add(text.slice(start, end));
      start = end - 1;
    }
    return [...found];
  }

  private longestFrom(text: string, start: number): number {
    let standing = this.withSkipped(1);
    let longest = -1;
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      standing = code > 127 ? 0 : this.withSkipped((standing & this.masks[code]!) << 1);
      if (standing === 0) break;
      const isEnd = at + 1 === text.length || !isWord(text.charCodeAt(at + 1));
      if (isEnd && (standing & this.accept) !== 0) longest = at + 1;
    }
    return longest;
  }

  /** A place that may be left out is also passed without a character. */
  private withSkipped(standing: number): number {
    let all = standing;
    for (let skipped = all & this.optional; skipped !== 0;) {
      const next = (skipped << 1) & ~all;
      all |= next;
      skipped = next & this.optional;
    }
    return all;
  }
}

const range = (first: string, last: string): number[] => {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);
};
const DIGITS: ReadonlySet<number> = new Set(range('0', '9'));

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 ||
  code > 127;

function parsePlaces(pattern: string): Place[] {
  const places: Place[] = [];
  for (let at = 0; at < pattern.length;) {
    const atom = parseAtom(pattern, at);
    const times = parseTimes(pattern, atom.next);
    if (places.length + times.most > MAX_PLACES)
      throw new SyntaxError(`a key of this pattern could have over ${MAX_PLACES} characters`);
    for (let n = 0; n < times.most; n++) places.push({ accepts: atom.accepts, isOptional: n >= times.least });
    at = times.next;
  }
  return places;
}

function parseAtom(pattern: string, at: number): { accepts: ReadonlySet<number>; next: number } {
  const sign = pattern[at]!;
  if (sign === '[') return parseSet(pattern, at);
  if (sign === '\\') {
    const escaped = pattern[at + 1];
    if (escaped === 'd') return { accepts: DIGITS, next: at + 2 };
    if (escaped === undefined || /[A-Za-z0-9]/.test(escaped)) throw wrong(pattern, at, 'only \\d is known');
    return { accepts: one(pattern, at + 1), next: at + 2 };
  }
  if (SPECIAL.includes(sign)) throw wrong(pattern, at, `"${sign}" has no meaning here`);
  return { accepts: one(pattern, at), next: at + 1 };
}

function parseSet(pattern: string, at: number): { accepts: ReadonlySet<number>; next: number } {
  const end = pattern.indexOf(']', at);
  if (end === -1) throw wrong(pattern, at, 'the set is not closed');
  const accepts = new Set<number>();
  for (let i = at + 1; i < end; i++) {
    if ('^\\['.includes(pattern[i]!)) throw wrong(pattern, i, `"${pattern[i]}" has no meaning in a set`);
    const isRange = pattern[i + 1] === '-' && i + 2 < end;
    const [first, last] = [pattern[i]!, isRange ? pattern[i + 2]! : pattern[i]!];
    one(pattern, i);
    if (isRange && !/^(?:\d\d|[A-Z]{2}|[a-z]{2})$/.test(first + last))
      throw wrong(pattern, i, 'a range goes from digit to digit or letter to letter of one case');
    const codes = range(first, last);
    if (codes.length === 0) throw wrong(pattern, i, 'the range is empty');
    for (const code of codes) accepts.add(code);
    if (isRange) i += 2;
  }
  if (accepts.size === 0) throw wrong(pattern, at, 'the set is empty');
  return { accepts, next: end + 1 };
}

function parseTimes(pattern: string, at: number): { least: number; most: number; next: number } {
  if (pattern[at] === '?') return { least: 0, most: 1, next: at + 1 };
  if (pattern[at] !== '{') return { least: 1, most: 1, next: at };
  const end = pattern.indexOf('}', at);
  const [, low, high] = /^(\d{1,2})(?:,(\d{1,2}))?$/.exec(pattern.slice(at + 1, end === -1 ? at : end)) ?? [];
  if (low === undefined) throw wrong(pattern, at, 'must be {n} or {m,n}: how often is always bounded');
  const [least, most] = [Number(low), Number(high ?? low)];
  if (most < least || most === 0) throw wrong(pattern, at, 'the greater number comes second and is not 0');
  return { least, most, next: end + 1 };
}

function one(pattern: string, at: number): ReadonlySet<number> {
  const code = pattern.charCodeAt(at);
  if (code < 32 || code > 126) throw wrong(pattern, at, 'a key has printable ASCII characters only');
  return new Set([code]);
}

const wrong = (pattern: string, at: number, why: string): SyntaxError =>
  new SyntaxError(`${why} (character ${at + 1} of ${JSON.stringify(pattern)})`);
