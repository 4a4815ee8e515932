import {
  foldWorkItem,
  followItems,
  linkQuestions,
  readItemEvents,
  type Follow,
  type ItemFlow,
  type LinkFacts,
  type Rules,
} from '#attribution';
import type { Ref, Step, TraceId } from '#model';
import {
  readFactsForLinks,
  readOutcomeEvents,
  readRelatedItems,
  readSealedSubjects,
  type Client,
  type StoredOutcomeEvent,
} from '#store';

/** Reads what a size of the log knows of other records. */
export class FactsAt {
  constructor(
    private readonly client: Client,
    private readonly tenantId: bigint,
    private readonly size: number,
  ) {}

  /** Events of these items with a leaf below the size. */
  async events(refs: readonly Ref[]): Promise<Map<Ref, StoredOutcomeEvent[]>> {
    const told = await readOutcomeEvents(this.client, this.tenantId, refs);
    const sealed = await this.sealed(
      'outcome.event',
      told.map(({ surrogateId }) => surrogateId),
    );
    const byRef = new Map<Ref, StoredOutcomeEvent[]>(refs.map((ref) => [ref, []]));
    for (const event of told) if (sealed.has(event.surrogateId)) byRef.get(event.ref)!.push(event);
    return byRef;
  }

  /**
   * What links need. Of the names that events give to items only those of items are known that a sealed event names;
   * which of an item's events gave it is not recorded.
   *
   * @returns with the traces for which something was asked whose place in the log nobody records
   */
  async links(
    steps: readonly Step[],
    rules: Rules,
  ): Promise<{ readonly facts: LinkFacts; readonly doubtful: ReadonlySet<TraceId> }> {
    const asked = linkQuestions(this.tenantId, steps, rules);
    const now = await readFactsForLinks(this.client, this.tenantId, asked);
    const named = [...new Set([...now.aliases.values()].flat())];
    const events = await this.events([...new Set([...named, ...now.events.keys()])]);
    const decisions = await this.sealed(
      'link',
      now.decisions.map(({ decisionId }) => decisionId),
    );
    const aliases = [...now.aliases]
      .map(([alias, refs]) => [alias, refs.filter((ref) => events.get(ref)!.length > 0)] as const)
      .filter(([, refs]) => refs.length > 0);
    const isDoubtful = now.aliases.size > 0 || asked.foundRefs.length > 0 || now.weights.size > 0;
    return {
      facts: {
        ...now,
        aliases: new Map(aliases),
        decisions: now.decisions.filter(({ decisionId }) => decisions.has(decisionId)),
        events: new Map([...now.events.keys()].map((ref) => [ref, events.get(ref)!])),
      },
      doubtful: new Set(isDoubtful ? asked.traceIds : []),
    };
  }

  /** Where the cost of these items goes. */
  async follow(refs: readonly Ref[], rules: Rules): Promise<Follow> {
    const related = await readRelatedItems(this.client, this.tenantId, refs, ['merged_into', 'split_into']);
    const flows = new Map<Ref, ItemFlow>();
    for (const [ref, events] of await this.events([...related])) {
      const { mergedInto, splitFrom } = foldWorkItem(readItemEvents(events, rules).counted);
      flows.set(ref, { mergedInto: mergedInto?.survivor ?? null, splitFrom });
    }
    return followItems(flows);
  }

  private sealed(kind: string, subjectIds: readonly string[]): Promise<Set<string>> {
    return readSealedSubjects(this.client, this.tenantId, kind, subjectIds, this.size);
  }
}
