import { RejectedInput } from '#model';
import { usFromTimestamp } from '#store';

const RFC_3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;
const DAY_US = 86_400_000_000n;

/**
 * Reads an RFC 3339 time; digits past the microsecond are cut.
 *
 * @returns microseconds since the epoch
 * @throws RejectedInput for anything else, a date that does not exist, and times over a day ahead of `nowUs`
 */
export function readBusinessTime(text: string, field: string, nowUs: bigint): bigint {
  const match = RFC_3339.exec(text);
  if (match === null)
    throw new RejectedInput(
      'invalid',
      'must be an RFC 3339 time with an offset, as 2026-10-21T14:00:00Z',
      field,
    );
  const [, seconds = '', fraction = '', offset = ''] = match;
  const atUs = parse(
    `${seconds.toUpperCase()}.${fraction.slice(0, 6).padEnd(6, '0')}${offset.toUpperCase()}`,
    field,
  );
  const written = new Date(`${seconds.toUpperCase()}Z`);
  if (Number.isNaN(written.getTime()) || !written.toISOString().startsWith(seconds.toUpperCase()))
    throw new RejectedInput('invalid', 'is no time of the calendar', field);
  if (atUs > nowUs + DAY_US) throw new RejectedInput('invalid', 'is more than a day in the future', field);
  return atUs;
}

function parse(text: string, field: string): bigint {
  try {
    return usFromTimestamp(text);
  } catch {
    throw new RejectedInput('invalid', 'is outside the years 1 to 9999', field);
  }
}
