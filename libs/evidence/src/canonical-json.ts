/** A value that has one canonical JSON text. Bigints are written as decimal strings: JSON numbers are doubles. */
export type CanonicalValue =
  | string
  | number
  | boolean
  | bigint
  | null
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue | undefined };

/**
 * RFC 8785 (JCS) text of a value: keys sorted by UTF-16 code units, ECMAScript number and string forms,
 * no white space. Keys whose value is undefined are left out; bigints become decimal strings.
 *
 * Our own because every step and ledger row passes here and the `canonicalize` package knows no bigint
 * (a copy of the value would be made first); a test holds the two equal on generated values.
 *
 * @throws RangeError on NaN, infinities and lone surrogates, which have no canonical form
 */
export function canonicalJson(value: CanonicalValue): string {
  if (typeof value === 'string') return canonicalString(value);
  if (value === null) return 'null';
  switch (typeof value) {
    case 'bigint':
      return `"${value}"`;
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError('a number that is not finite has no canonical JSON');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return isArray(value) ? canonicalArray(value) : canonicalObject(value);
  }
}

function canonicalObject(value: { readonly [key: string]: CanonicalValue | undefined }): string {
  let text = '';
  for (const name of namesInOrder(value)) {
    const member = value[name];
    if (member !== undefined)
      text += `${text === '' ? '' : ','}${canonicalString(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Most objects are made with their members in order: sorting copies the names twice. */
function namesInOrder(value: object): string[] {
  const names = Object.keys(value);
  for (let at = 1; at < names.length; at += 1) if (names[at]! < names[at - 1]!) return names.sort();
  return names;
}

function canonicalArray(values: readonly CanonicalValue[]): string {
  let text = '';
  for (const value of values) text += `${text === '' ? '' : ','}${canonicalJson(value)}`;
  return `[${text}]`;
}

/** Most texts are ASCII with nothing to escape: a third of the time of asking the engine to write them. */
const PLAIN = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new RangeError('a lone surrogate has no canonical JSON');
  return JSON.stringify(text);
}

const isArray = (value: object): value is readonly CanonicalValue[] => Array.isArray(value);
