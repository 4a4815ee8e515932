import type { Attributes, AttributeValue } from '#model';

/**
 * Encodings at the edge (conventions.md F): integers arrive as int, double 12.0 or text; "" and null are absent.
 * Nothing here throws, whatever the value is.
 */

/** The largest count taken for real: beyond it an emitter that uses doubles has lost digits. */
const COUNT_MAX = 2n ** 53n;
const COUNT_TEXT = /^\d{1,16}(?:\.0+)?$/;
const LIST_LENGTH_MAX = 256;

/** A count as received. `rejected` = something stood there that is no count (negative, fractional, text). */
export type Count = bigint | 'absent' | 'rejected';

/** @returns the count, `absent` for null, "" and NaN (an exporter's null), `rejected` for what is no count >= 0. */
export function toCount(value: AttributeValue | undefined): Count {
  switch (typeof value) {
    case 'bigint':
      return value >= 0n && value <= COUNT_MAX ? value : 'rejected';
    case 'number':
      return numberToCount(value);
    case 'string': {
      const text = value.trim();
      if (text === '') return 'absent';
      if (!COUNT_TEXT.test(text)) return 'rejected';
      const count = BigInt(text.split('.', 1)[0]!);
      return count <= COUNT_MAX ? count : 'rejected';
    }
    case 'undefined':
      return 'absent';
    default:
      return value === null ? 'absent' : 'rejected';
  }
}

function numberToCount(value: number): Count {
  if (Number.isNaN(value)) return 'absent';
  const whole = Math.round(value);
  const isWhole = Math.abs(value - whole) < 0.001;
  return isWhole && whole >= 0 && whole <= Number.MAX_SAFE_INTEGER ? BigInt(whole) : 'rejected';
}

/** @returns the text, or null where it is absent, empty or no text. Numbers are written out. */
export function toText(value: AttributeValue | undefined): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return null;
}

/** @returns the first text found under the keys, in their order. */
export function firstText(attributes: Attributes, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const text = toText(attributes.get(key));
    if (text !== null) return text;
  }
  return null;
}

/** @returns true for true, "true", "True", 1; false for anything else. */
export function isTrue(value: AttributeValue | undefined): boolean {
  return value === true || value === 1n || (typeof value === 'string' && /^true$/i.test(value));
}

/** @returns the texts of a list that came as an array, as JSON text `["a"]`, or as one bare text. */
export function toTexts(value: AttributeValue | undefined): string[] {
  if (Array.isArray(value))
    return value.slice(0, LIST_LENGTH_MAX).flatMap((item: AttributeValue) => toText(item) ?? []);
  const text = toText(value);
  if (text === null) return [];
  if (!text.startsWith('[')) return [text];
  try {
    const list: unknown = JSON.parse(text.length > 65_536 ? '[]' : text);
    if (!Array.isArray(list)) return [text];
    return list
      .slice(0, LIST_LENGTH_MAX)
      .filter((item): item is string => typeof item === 'string' && item !== '');
  } catch {
    return [text];
  }
}

const MONEY_TEXT = /^(\d{0,18})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?$/;
const MONEY_DECIMALS_MAX = 60;

/**
 * @returns the amount as plain decimal text ("0.0437", "0.00000012"), or null where it is absent, negative, not finite
 * or no number. The digits are those received: a double is written with its shortest text, never rounded further.
 */
export function toMoney(value: AttributeValue | undefined): string | null {
  const text = toText(value);
  const match = text === null ? null : MONEY_TEXT.exec(text.trim());
  if (!match || (match[1] === '' && !match[2])) return null;
  const fraction = match[2] ?? '';
  const digits = `${match[1] ?? ''}${fraction}`;
  const pointAt = (match[1] ?? '').length + Number(match[3] ?? '0');
  if (pointAt < -MONEY_DECIMALS_MAX || pointAt > MONEY_DECIMALS_MAX) return null;
  const padded = pointAt <= 0 ? '0'.repeat(1 - pointAt) + digits : digits.padEnd(pointAt, '0');
  const at = Math.max(pointAt, 1);
  const whole = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const decimals = padded.slice(at).replace(/0+$/, '');
  return decimals === '' ? whole : `${whole}.${decimals}`;
}
