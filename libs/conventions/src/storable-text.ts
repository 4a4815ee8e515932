/**
 * PostgreSQL stores no NUL, and UTF-8 no half of a surrogate pair; an emitter may write either. Both become U+FFFD, as
 * decoders write what they cannot read.
 */
export function toStorable<Text extends string | null>(text: Text): Text | string;
export function toStorable(text: string | null): string | null {
  if (text === null || (text.isWellFormed() && !text.includes('\0'))) return text;
  return text.replaceAll('\0', '\u{FFFD}').toWellFormed();
}
