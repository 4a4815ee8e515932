/** Fewer digits always fit a double exactly. */
const LONG_INTEGER = /(?:^|[\s[:,])-?\d{16,}/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Puts quotes around every integer of 16 or more digits outside of strings. JSON.parse reads numbers as
 * doubles, which would change nanoseconds and large counts; protobuf's JSON mapping means the same integer by
 * a string. Text without such integers is returned as it is. Linear in the text.
 */
export function quoteLongIntegers(text: string): string {
  if (!LONG_INTEGER.test(text)) return text;
  const pieces: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const character = text.charCodeAt(at);
    if (character === 0x22) {
      at = endOfString(text, at);
    } else if (character === 0x2d || (character >= 0x30 && character <= 0x39)) {
      NUMBER.lastIndex = at;
      const token = NUMBER.exec(text)?.[0] ?? '-';
      if (/^-?\d{16,}$/.test(token)) {
        pieces.push(text.slice(copied, at), `"${token}"`);
        copied = at + token.length;
      }
      at += token.length;
    } else at += 1;
  }
  return pieces.join('') + text.slice(copied);
}

/** Position after the closing quote of the string that opens at `start`; the end of the text if it has none. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}
