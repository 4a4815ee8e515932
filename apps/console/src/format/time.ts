/** Times are UTC everywhere: periods, prices and postings are, and two readers must read the same. */

/** `2026-10-21T14:00:05.123Z` as `21 Oct 2026, 14:00:05 UTC`. */
export function showTime(time: string | null | undefined): string {
  if (time === null || time === undefined) return '–';
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)/.exec(time);
  return match === null ? time : `${showDay(match[1]!)}, ${match[2]} UTC`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-10-21` as `21 Oct 2026`, `2026-10` as `Oct 2026`. */
export function showDay(day: string): string {
  const match = /^(\d{4})-(\d\d)(?:-(\d\d))?/.exec(day);
  if (match === null) return day;
  const [, year, month, date] = match;
  const name = MONTHS[Number(month) - 1] ?? month;
  return date === undefined ? `${name} ${year}` : `${Number(date)} ${name} ${year}`;
}

/** Milliseconds as `1.2 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function showDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const pairs = [
    [86_400, 'd', 3600, 'h'],
    [3600, 'h', 60, 'min'],
    [60, 'min', 1, 's'],
  ] as const;
  const [size, unit, part, partUnit] = pairs.find(([size]) => seconds >= size) ?? pairs[2];
  const whole = Math.floor(seconds / size);
  const rest = Math.floor((seconds % size) / part);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${partUnit}`;
}

/** `to` of a period is the day after its last one. */
export function showPeriod(from: string | null | undefined, to: string | null | undefined): string {
  if (!from && !to) return 'all time';
  if (!to) return `since ${showDay(from!)}`;
  const last = showDay(shiftDay(to, -1));
  return from ? `${showDay(from)} to ${last}` : `until ${last}`;
}

/** A UTC day so many days later. */
export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
