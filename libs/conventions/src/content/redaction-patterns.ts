import { RE2JS } from 're2js';

/** Replaces every match in a text by the name of what it is. */
export type Replace = (text: string) => string;

/** Every repetition is bounded, so that no text takes more than some steps a character. */
const EMAIL = /[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;
const CARD = /(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d])/g;
const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])/g;

export const replaceEmails: Replace = (text) => (text.includes('@') ? text.replace(EMAIL, '[email]') : text);

/** Payment card numbers: 13 to 19 digits, parted by single blanks or hyphens, that pass Luhn (ISO/IEC 7812-1). */
export const replaceCards: Replace = (text) =>
  text.replace(CARD, (found) => (passesLuhn(found.replace(/[ -]/g, '')) ? '[card]' : found));

/** Account numbers that pass the check of ISO 13616; what follows one after a blank is left where it is. */
export const replaceIbans: Replace = (text) => text.replace(IBAN, replaceIban);

function replaceIban(found: string): string {
  for (let end = found.length; end >= 15; end -= 1) {
    if (found[end - 1] === ' ' || (end < found.length && found[end] !== ' ')) continue;
    if (passesMod97(found.slice(0, end).replaceAll(' ', ''))) return `[iban]${found.slice(end)}`;
  }
  return found;
}

/** @throws Error saying what is wrong with the pattern (RE2's syntax) */
export function compileCustom({
  name,
  pattern,
}: {
  readonly name: string;
  readonly pattern: string;
}): Replace {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matcher(text).replaceAll(`[${name}]`);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    sum += place % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

function passesMod97(account: string): boolean {
  let rest = 0;
  for (const character of account.slice(4) + account.slice(0, 4)) {
    const value = parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
