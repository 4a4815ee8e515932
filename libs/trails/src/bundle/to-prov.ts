import type { Replay, ReplayEntry } from '../replay/replay-format.ts';

/** One kind of record of a PROV-JSON document: by identifier, its attributes. */
type Records = Record<string, Record<string, string | { $: string; type: string }>>;

/** A W3C PROV-JSON document (Member Submission, 24 April 2013). */
export type ProvDocument = {
  readonly prefix: Readonly<Record<string, string>>;
  readonly entity: Records;
  readonly activity: Records;
  readonly agent: Records;
  readonly wasAssociatedWith: Records;
  readonly wasInformedBy: Records;
  readonly wasGeneratedBy: Records;
  readonly used: Records;
};

/**
 * A replay in the words of W3C PROV: steps are activities, agents and people are agents, leaves of the evidence log and
 * outcomes are entities. A step was informed by the step it was done in and by the failed step that it retried; never
 * by guesses. Pure; the same replay gives the same document.
 */
export function toProv(replay: Replay): ProvDocument {
  const prov: ProvDocument = {
    prefix: {
      ol: 'urn:outcome-ledger:',
      prov: 'http://www.w3.org/ns/prov#',
      xsd: 'http://www.w3.org/2001/XMLSchema#',
    },
    entity: {
      [trailOf(replay)]: {
        'prov:type': typed('ol:trail'),
        'ol:kind': replay.kind,
        'ol:size': replay.size.toString(),
        'ol:phase': replay.verdict.phase,
      },
    },
    activity: {},
    agent: {},
    wasAssociatedWith: {},
    wasInformedBy: {},
    wasGeneratedBy: {},
    used: {},
  };
  for (const entry of replay.entries) addEntry(prov, replay, entry);
  return prov;
}

function addEntry(prov: ProvDocument, replay: Replay, entry: ReplayEntry): void {
  const leaf = `ol:leaf/${entry.proof.index}`;
  prov.entity[leaf] = { 'prov:type': typed('ol:leaf'), 'ol:leafHash': entry.proof.leafHash };
  if (entry.step === null) {
    const fact = `ol:fact/${entry.n}`;
    prov.entity[fact] = {
      'prov:type': typed(`ol:${entry.type}`),
      'ol:happenedAt': entry.happenedAt,
      ...(entry.outcome === null ? {} : { 'ol:verb': entry.outcome.verb, 'ol:source': entry.outcome.source }),
    };
    if (entry.by !== null) {
      prov.agent[`ol:principal/${entry.by}`] = { 'prov:type': typed('prov:Person') };
      relate(prov.wasAssociatedWith, {
        'prov:activity': record(prov, entry),
        'prov:agent': `ol:principal/${entry.by}`,
      });
    }
    return;
  }
  const activity = activityOf(entry.n);
  prov.activity[activity] = {
    'prov:startTime': entry.happenedAt,
    ...(entry.endedAt === null ? {} : { 'prov:endTime': entry.endedAt }),
    'prov:type': typed(`ol:${entry.step.kind}`),
    'ol:traceId': entry.step.traceId,
    'ol:spanId': entry.step.spanId,
    'prov:label': entry.tool?.called ?? entry.step.kind,
  };
  relate(prov.used, { 'prov:activity': activity, 'prov:entity': trailOf(replay) });
  relate(prov.wasGeneratedBy, { 'prov:entity': leaf, 'prov:activity': activity });
  if (entry.step.agent !== null) {
    const agent = `ol:agent/${encodeURIComponent(entry.step.agent)}`;
    prov.agent[agent] = { 'prov:type': typed('prov:SoftwareAgent'), 'prov:label': entry.step.agent };
    relate(prov.wasAssociatedWith, { 'prov:activity': activity, 'prov:agent': agent });
  }
  for (const earlier of [entry.step.parent, entry.retryOf?.n ?? null])
    if (earlier !== null)
      relate(prov.wasInformedBy, { 'prov:informed': activity, 'prov:informant': activityOf(earlier) });
}

/** That a person told something is an activity of its own. */
function record(prov: ProvDocument, entry: ReplayEntry): string {
  const activity = activityOf(entry.n);
  prov.activity[activity] = { 'prov:startTime': entry.happenedAt, 'prov:type': typed(`ol:${entry.type}`) };
  return activity;
}

const trailOf = ({ trail }: Replay): string => `ol:trail/${trail}`;
const activityOf = (n: number): string => `ol:entry/${n}`;
const typed = (name: string): { $: string; type: string } => ({ $: name, type: 'prov:QUALIFIED_NAME' });

/** Relations have no names of their own: numbered in their order. */
function relate(relations: Records, members: Record<string, string>): void {
  relations[`_:r${Object.keys(relations).length + 1}`] = members;
}
