/** What a report may be grouped by: a column that every attempt has, or an attribute the tenant declared. */
export type GroupKey =
  | {
      readonly name:
        | 'workflow'
        | 'agent'
        | 'model'
        | 'provider'
        | 'outcome_type'
        | 'day'
        | 'week'
        | 'month'
        | 'call_model'
        | 'tier'
        | 'quality';
    }
  | { readonly name: string; readonly attribute: string };

const ATTEMPT_COLUMNS: Readonly<Record<string, string>> = {
  workflow: 'a.workflow',
  agent: 'a.agent',
  model: 'a.model',
  provider: 'a.provider',
};

/** Keys of the work item, over the alias `i` of `item`; only an outcome has a tier. */
const ITEM_COLUMNS: Readonly<Record<string, string>> = {
  tier: `CASE WHEN i.phase = 'achieved' THEN coalesce(i.tier, 'unstated') END`,
  quality: 'i.quality',
};

/**
 * SQL of the attempt's own part of the group, as a text array over the alias `a` of `attempts`: constant fragments,
 * attribute names as parameters. Keys that belong to the work item or the entry are null in it.
 *
 * @param bind adds a parameter and returns its placeholder
 */
export function attemptKeysSql(keys: readonly GroupKey[], bind: (value: string) => string): string {
  const parts = keys.map((key) => {
    if ('attribute' in key) return `a.dimensions ->> ${bind(key.attribute)}`;
    return ATTEMPT_COLUMNS[key.name] ?? 'NULL';
  });
  return `ARRAY[${parts.join(', ')}]::text[]`;
}

/** Texts of one width in the order of start and trace: a timestamp as it is sent counts from 2000, in two's complement. */
const FIRST = `CASE WHEN a.started_at < '2000-01-01Z' THEN '0000' ELSE '0001' END || encode(timestamptz_send(a.started_at), 'hex') || a.trace_id`;

/** SQL of the keys of a part `a` of an attempt, as a text that is least for the earliest part. */
export const datedKeys = (keysSql: string): string => `${FIRST} || (${keysSql})::text`;

/** SQL of the keys of the earliest part of a group, an aggregate that needs no sorting. @param dated of `datedKeys` */
export const keysOfEarliest = (dated: string): string => `substr(min(${dated} COLLATE "C"), 57)::text[]`;

/** Puts the group together: keys of the work item or the entry by their expressions, the rest from `keysSql`. */
export function groupSql(
  keys: readonly GroupKey[],
  keysSql: string,
  own: Readonly<Record<string, string>>,
): string {
  const parts = keys.map((key, index) =>
    'attribute' in key
      ? `(${keysSql})[${index + 1}]`
      : (own[key.name] ?? ITEM_COLUMNS[key.name] ?? `(${keysSql})[${index + 1}]`),
  );
  return `ARRAY[${parts.join(', ')}]::text[]`;
}

/**
 * The keys of time, by name: UTC day, Monday of the ISO week and month of a moment, as text that sorts by time.
 * @param moment SQL of a timestamptz
 */
export const timeKeys = (moment: string): Readonly<Record<'day' | 'week' | 'month', string>> =>
  timeKeysOfDay(`(${moment} AT TIME ZONE 'UTC')`);

/** The same of a day or of a time of day without a zone, in UTC. */
export const timeKeysOfDay = (day: string): Readonly<Record<'day' | 'week' | 'month', string>> => ({
  day: `to_char(${day}, 'YYYY-MM-DD')`,
  week: `to_char(date_trunc('week', ${day}), 'YYYY-MM-DD')`,
  month: `to_char(${day}, 'YYYY-MM')`,
});
