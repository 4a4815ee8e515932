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

/** A member of an object: its name, and the canonical text of its value. */
export type CanonicalMember = readonly [name: string, text: string];

/** The members of an object in canonical order, for who writes the object more than once, with and without some. */
export function canonicalMembers(value: {
  readonly [key: string]: CanonicalValue | undefined;
}): CanonicalMember[] {
  const members: CanonicalMember[] = [];
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) members.push([name, canonicalJson(member)]);
  }
  return members;
}

/** The canonical text of an object. @param members in canonical order, as `canonicalMembers` gives them */
export function writeMembers(members: readonly CanonicalMember[]): string {
  let text = '';
  for (const [name, member] of members) text += `${text === '' ? '' : ','}${canonicalString(name)}:${member}`;
  return `{${text}}`;
}

function canonicalObject(value: { readonly [key: string]: CanonicalValue | undefined }): string {
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined)
      text += `${text === '' ? '' : ','}${canonicalString(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
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
