/** Check digits a key can be declared to carry. */
export const CHECK_DIGITS = ['luhn', 'mod11_2', 'mod97_10'] as const;
export type CheckDigit = (typeof CHECK_DIGITS)[number];

/**
 * Whether the check digit of a key is right. `luhn`: ISO/IEC 7812-1 over the digits. `mod11_2`: ISO/IEC 7064 MOD 11-2
 * over the digits, the last of which may be X. `mod97_10`: ISO/IEC 7064 MOD 97-10, letters as 10 to 35. Signs between
 * them do not count; a letter where the method has none makes the key wrong, save letters before the first digit
 * (`CLM-79927398713`).
 */
export function hasRightCheckDigit(key: string, method: CheckDigit): boolean {
  const text = key.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
  if (method === 'luhn') return isLuhn(text.replace(/^[A-Z]+/, ''));
  return method === 'mod11_2' ? isMod11(text.replace(/^[A-Z]+(?=\d)/, '')) : isMod97(text);
}

function isLuhn(digits: string): boolean {
  if (!/^\d{2,}$/.test(digits)) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isMod11(text: string): boolean {
  if (!/^\d+[\dX]$/.test(text)) return false;
  let sum = 0;
  for (const digit of text.slice(0, -1)) sum = ((sum + Number(digit)) * 2) % 11;
  const check = text.endsWith('X') ? 10 : Number(text.at(-1));
  return (sum + check) % 11 === 1;
}

function isMod97(text: string): boolean {
  if (text.length < 3) return false;
  let rest = 0;
  for (const sign of text) {
    const value = parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
