import type { LinkFacts, LinkQuestions } from '#attribution';
import type { Ref } from '#model';
import type { Queryable } from '../connection/database.ts';
import { readLinkDecisions, readOutcomeWeights, readRegisteredItems } from './read-link-facts.ts';
import { readOutcomeEvents, readWorkItemAliases, type StoredOutcomeEvent } from './work-items.ts';

/** Everything that other records say about whose the steps of some traces are, as committed by now. */
export async function readFactsForLinks(
  db: Queryable,
  tenantId: bigint,
  questions: LinkQuestions,
): Promise<LinkFacts> {
  const aliases = await readWorkItemAliases(db, tenantId, questions.aliasRefs);
  const contested = new Set([...aliases.values()].flatMap((refs) => (refs.length > 1 ? refs : [])));
  const events = new Map<Ref, StoredOutcomeEvent[]>();
  for (const event of await readOutcomeEvents(db, tenantId, [...contested])) {
    const list = events.get(event.ref);
    if (list === undefined) events.set(event.ref, [event]);
    else list.push(event);
  }
  return {
    aliases,
    registered: await readRegisteredItems(db, tenantId, questions.foundRefs),
    weights: await readOutcomeWeights(db, tenantId, questions.weighedRefs),
    decisions: await readLinkDecisions(db, tenantId, questions.traceIds),
    events,
  };
}
