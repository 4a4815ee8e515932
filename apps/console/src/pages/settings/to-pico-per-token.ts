/** `$0.09` per million tokens is 90,000 pico-units per token, exactly; null for a text that is no such amount. */
export function toPicoPerToken(perMillion: string): string | null {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(perMillion.trim());
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  return BigInt(whole + fraction.padEnd(6, '0')).toString();
}
