const SECOND_US = 1_000_000n;

/**
 * The text of a timestamptz parameter: `1764000000123456n` -> `2025-11-24T16:00:00.123456Z`.
 *
 * @param us microseconds since 1970-01-01 UTC
 * @throws RangeError outside the years 1 to 9999
 */
export function timestampFromUs(us: bigint): string {
  const fractionUs = ((us % SECOND_US) + SECOND_US) % SECOND_US;
  const date = new Date(Number((us - fractionUs) / 1_000n));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999)
    throw new RangeError(`${us} microseconds since the epoch are outside the years 1 to 9999`);
  return `${date.toISOString().slice(0, 19)}.${fractionUs.toString().padStart(6, '0')}Z`;
}

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)$/;

/**
 * Reads PostgreSQL's ISO text of a timestamptz, or RFC 3339 text of at most six fraction digits, exactly.
 *
 * @returns microseconds since 1970-01-01 UTC
 * @throws RangeError for anything else (infinity, years before 1 or after 9999)
 */
export function usFromTimestamp(text: string): bigint {
  const match = TIMESTAMP.exec(text);
  if (match === null) throw new RangeError(`not a timestamp of the years 1 to 9999: ${text}`);
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    sign,
    offsetHour,
    offsetMinute,
    offsetSecond,
  ] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const offsetS = Number(offsetHour ?? 0) * 3600 + Number(offsetMinute ?? 0) * 60 + Number(offsetSecond ?? 0);
  const offsetMs = (sign === '-' ? -1000 : 1000) * offsetS;
  return BigInt(date.getTime() - offsetMs) * 1_000n + BigInt(fraction.padEnd(6, '0'));
}
