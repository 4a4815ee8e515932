import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { canonicalJson, commitment, encodeLeaf, formatTimeUs } from '#evidence';
import { OWN_SOURCE, parseRef, type OutcomeEffect, type OutcomeTier } from '#model';
import {
  inTransaction,
  readPassedDeadlines,
  recordOutcomes,
  type Database,
  type OutcomeRecord,
  type PassedDeadline,
} from '#store';
import { groupBy } from './group-by.ts';

const DEADLINES_PER_PAGE = 500;

/**
 * Records what has become of open work items whose time has come: an outcome event of our own source for each, with
 * its evidence and its fact, so that it is replayed like any other. The event's id is made of item, verb and
 * deadline: recorded twice, it is the same event. Nothing else is decided here; the fold says whether it still holds.
 *
 * @returns how many events were recorded
 */
export async function recordDeadlines(db: Database, nowUs: bigint): Promise<number> {
  let recorded = 0;
  let after: PassedDeadline | null = null;
  for (;;) {
    const passed: PassedDeadline[] = await readPassedDeadlines(db, nowUs, after, DEADLINES_PER_PAGE);
    for (const [tenantId, ofTenant] of groupBy(passed, (each) => each.tenantId)) {
      const records = ofTenant.map((deadline) => recordOf(deadline, nowUs));
      const results = await inTransaction(db, (client) =>
        recordOutcomes(client, tenantId, { atUs: nowUs, by: null }, records),
      );
      recorded += results.filter(({ state }) => state === 'stored').length;
    }
    after = passed.at(-1) ?? null;
    if (passed.length < DEADLINES_PER_PAGE) return recorded;
  }
}

/** What each verb does and how far the outcome is known to be one. */
const MEANING: Readonly<
  Record<string, { readonly effect: OutcomeEffect; readonly tier: OutcomeTier | null }>
> = {
  assumed: { effect: 'achieved', tier: 'assumed' },
  expired: { effect: 'expired', tier: null },
};

function recordOf({ ref, verb, atUs, definition }: PassedDeadline, nowUs: bigint): OutcomeRecord {
  const { kind, key } = parseRef(ref);
  const meaning = MEANING[verb];
  if (meaning === undefined) throw new RangeError(`no deadline is called ${verb}`);
  const time = formatTimeUs(atUs);
  const id = `${verb} ${kind} ${key} ${time}`;
  const content = Buffer.from(
    canonicalJson({ id, source: OWN_SOURCE, type: `${kind}.${verb}`, subject: key, time }),
  );
  const surrogateId = randomUUID();
  const salt = randomBytes(32);
  return {
    ref,
    source: OWN_SOURCE,
    eventId: id,
    kind,
    key,
    verb,
    ...meaning,
    occurredAtUs: atUs,
    sequence: null,
    value: null,
    quality: null,
    refersTo: null,
    attributes: JSON.stringify({ data: { definition }, extensions: {} }),
    surrogateId,
    contentHash: createHash('sha256').update(content).digest(),
    salt,
    leaf: encodeLeaf('outcome.event', nowUs, {
      event: surrogateId,
      workItemKind: kind,
      verb,
      effect: meaning.effect,
      definition,
      tier: meaning.tier ?? undefined,
      occurredAt: time,
      content: commitment(salt, content).toString('base64'),
      recordedBy: OWN_SOURCE,
    }),
    conversationRefs: [],
    setAsideReason: null,
  };
}
