import { comparableText, type ComparableText } from './used-parts.ts';

/**
 * Numbers texts of a trace, equal ones equally, in the order they are first seen: Unicode in its compatible form, spaces
 * collapsed, JSON with sorted members (methods.md 4.2).
 */
export class EqualTexts {
  private readonly numbers = new Map<string, number>();
  private readonly known = new Map<string, ComparableText>();

  numberOf(text: string): number {
    const normal = normalForm(text);
    let number = this.numbers.get(normal);
    if (number === undefined) this.numbers.set(normal, (number = this.numbers.size + 1));
    return number;
  }

  comparable(text: string): ComparableText {
    let made = this.known.get(text);
    if (made === undefined) this.known.set(text, (made = comparableText(text)));
    return made;
  }
}

export function normalForm(text: string): string {
  const json = /^\s*[[{]/.test(text) ? sorted(text) : null;
  return json ?? text.normalize('NFKC').replace(/\s+/g, ' ').trim();
}

function sorted(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return null;
  }
}
