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
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new RangeError('a lone surrogate has no canonical JSON');
      return JSON.stringify(value);
    case 'bigint':
      return `"${value}"`;
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError('a number that is not finite has no canonical JSON');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      break;
  }
  if (value === null) return 'null';
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${canonicalJson(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

const isArray = (value: object): value is readonly CanonicalValue[] => Array.isArray(value);
