import { INTAKE_NAME } from '#attribution';
import { RejectedInput } from '#model';
import type { JsonValue } from '../wire.ts';

const MOST_ATTRIBUTES = 32;
const LONGEST_VALUE = 128;

/**
 * Reads `data.intake` of an outcome event: what was known of the work item at the time of the event, name -> value.
 * Numbers and booleans are kept as their text.
 *
 * @throws RejectedInput naming the member and the rule it breaks
 */
export function readIntake(json: JsonValue): Record<string, string> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return refuse('must be an object of names and values', 'data.intake');
  const members = Object.entries(json);
  if (members.length > MOST_ATTRIBUTES) refuse(`at most ${MOST_ATTRIBUTES} attributes`, 'data.intake');
  return Object.fromEntries(members.map(([name, value]) => [readName(name), readValue(name, value)]));
}

const refuse = (message: string, field: string): never => {
  throw new RejectedInput('invalid', message, field);
};

function readName(name: string): string {
  return INTAKE_NAME.test(name)
    ? name
    : refuse(
        'is no name: 1 to 63 of a-z, 0-9, "_", "." and "-", beginning with a letter',
        `data.intake.${name}`,
      );
}

function readValue(name: string, value: JsonValue): string {
  const text = typeof value === 'number' || typeof value === 'boolean' ? `${value}` : value;
  if (typeof text !== 'string' || text.trim() === '' || text.length > LONGEST_VALUE)
    return refuse(
      `must be a text of 1 to ${LONGEST_VALUE} characters, a number or a boolean`,
      `data.intake.${name}`,
    );
  return text.trim();
}
