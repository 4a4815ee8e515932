import { RejectedInput } from '#model';
import type { JsonValue } from '../wire.ts';

/**
 * Checks that a parsed JSON value can be stored and hashed as it was meant: no depth over the limit, no NUL, no
 * lone surrogate, no integer that a double cannot hold (it would already be another number).
 *
 * @throws RejectedInput with the path of the first offending member
 */
export function checkJson(value: JsonValue, path: string, depthLeft: number): void {
  if (typeof value === 'string') return checkText(value, path);
  if (typeof value === 'number') {
    if (Number.isInteger(value) && !Number.isSafeInteger(value))
      throw new RejectedInput('invalid', 'an integer of more than 53 bits must be sent as a string', path);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depthLeft === 0) throw new RejectedInput('invalid', 'is nested too deeply', path);
  if (Array.isArray(value)) {
    value.forEach((member, index) => checkJson(member, `${path}[${index}]`, depthLeft - 1));
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    checkText(key, path);
    checkJson(member, `${path}.${key}`, depthLeft - 1);
  }
}

function checkText(text: string, path: string): void {
  if (text.includes('\0')) throw new RejectedInput('invalid', 'must not contain the character U+0000', path);
  if (!text.isWellFormed()) throw new RejectedInput('invalid', 'must not contain a lone surrogate', path);
}
