import {
  completeStep,
  TOKEN_BUCKETS,
  type ExtraUsage,
  type Step,
  type TokenBucket,
  type Usage,
  type UsageUnit,
} from '#model';

const UNITS: readonly UsageUnit[] = ['request', 'search', 'image', 'audio_second', 'tool_call'];

/** Counts as decimal text. */
interface StoredUsage {
  readonly tokens: Readonly<Partial<Record<TokenBucket, string>>>;
  readonly units: Readonly<Partial<Record<UsageUnit, string>>>;
}

type Counted = 'startedAtNs' | 'endedAtNs' | 'usage' | 'untraced' | 'extraUsage';

/** The same shape without names, so that it counts as plain JSON. */
type Plain<T> = T extends object ? { readonly [Key in keyof T]: Plain<T[Key]> } : T;

/** What stands in `steps.record` and what leaves commit to: JSON without bigints, as `stepText` writes it. */
type StepRecord = Plain<Fields>;

interface Fields extends Omit<Step, Counted> {
  readonly v: 1;
  readonly startedAtNs: string;
  readonly endedAtNs: string;
  readonly usage: StoredUsage | null;
  readonly untraced: StoredUsage | null;
  readonly extraUsage: readonly (Omit<ExtraUsage, 'usage'> & { readonly usage: StoredUsage })[];
}

/**
 * Reads a stored record back: the inverse of `stepText`.
 *
 * @throws Error when the text is not a record of version 1: stored bytes were changed
 */
export function parseStep(text: string): Step {
  const record: unknown = JSON.parse(text);
  if (!isStepRecord(record)) throw new Error('a step record that is not of version 1 cannot be read');
  const step = {
    ...record,
    startedAtNs: BigInt(record.startedAtNs),
    endedAtNs: BigInt(record.endedAtNs),
    usage: record.usage === null ? null : parseUsage(record.usage),
    untraced: record.untraced === null ? null : parseUsage(record.untraced),
    extraUsage: record.extraUsage.map((extra) => ({ ...extra, usage: parseUsage(extra.usage) })),
  };
  return completeStep(step, step, record.commitments);
}

/** The text was written by `stepText` and is proved unchanged by its leaf; the form number is all that can differ. */
const isStepRecord = (record: unknown): record is StepRecord =>
  typeof record === 'object' && record !== null && 'v' in record && record.v === 1;

const parseUsage = (usage: StoredUsage): Usage => ({
  tokens: mapCounts(usage.tokens, TOKEN_BUCKETS, BigInt),
  units: mapCounts(usage.units, UNITS, BigInt),
});

function mapCounts<Name extends string, From, To>(
  counts: Readonly<Partial<Record<Name, From>>>,
  names: readonly Name[],
  convert: (count: From) => To,
): Partial<Record<Name, To>> {
  const mapped: Partial<Record<Name, To>> = {};
  for (const name of names) {
    const count = counts[name];
    if (count !== undefined) mapped[name] = convert(count);
  }
  return mapped;
}

/** Members that name persons or things of a business; leaves commit to them under a salt only. In order of their names. */
const PERSONAL = ['conversationId', 'dimensions', 'errorType', 'name', 'workItemKeys'] as const;

const isPersonalMember = (name: string): boolean => PERSONAL.some((personal) => personal === name);

/**
 * The personal members of a record, in the order of their names: what `commitments.identity` commits to, as canonical
 * JSON.
 */
export function personalMembers<Record extends Partial<StepRecord>>(
  record: Record,
): Partial<Pick<Record, (typeof PERSONAL)[number]>> {
  const { conversationId, dimensions, errorType, name, workItemKeys } = record;
  return { conversationId, dimensions, errorType, name, workItemKeys };
}

/** The same of a stored record. @param text canonical JSON, as `steps.record` holds it @returns canonical JSON */
export const identityOf = (text: string): string => JSON.stringify(personalMembers(parseRecord(text)));

/**
 * What the leaf of a revision holds of a step: its record without the personal members, which it commits to instead; a
 * record of before there were commitments as it stands. So a person can be erased from a record, and its proof stays.
 *
 * @param text canonical JSON, as `steps.record` holds it
 * @returns canonical JSON: the bytes that are hashed
 */
export function sealedStepRecord(text: string): string {
  if (!text.includes('"commitments":{')) return text;
  const record = parseRecord(text);
  if (record.commitments === undefined) return text;
  return JSON.stringify(
    Object.fromEntries(Object.entries(record).filter(([name]) => !isPersonalMember(name))),
  );
}

/** Members keep the order they stand in, so what is written again is canonical still. */
function parseRecord(text: string): Partial<StepRecord> {
  const record: Partial<StepRecord> = JSON.parse(text);
  return record;
}
