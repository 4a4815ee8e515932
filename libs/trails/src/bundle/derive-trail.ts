import { foldTrail } from '../fold/fold-trail.ts';
import type { EntryFact, TrailFacts } from '../fold/trail-facts.ts';
import { toReplay } from '../replay/to-replay.ts';
import type { Replay } from '../replay/replay-format.ts';
import { toProv, type ProvDocument } from './to-prov.ts';

/** A trail as it stands in a bundle. */
export interface TrailInBundle {
  /** In recorded order. */
  readonly replay: Replay;
  readonly prov: ProvDocument;
  /** What it states of cost and outcomes, to be held against the journal and the leaves. */
  readonly costs: readonly EntryFact[];
  readonly outcomes: readonly { readonly eventId: string; readonly verb: string; readonly leaf: number }[];
}

/** Makes the trail of an evidence bundle from its facts; whoever checks the bundle makes it again. Pure. */
export function deriveTrail(facts: TrailFacts): TrailInBundle {
  const replay = toReplay(foldTrail(facts), 'recorded');
  return {
    replay,
    prov: toProv(replay),
    costs: facts.entries,
    outcomes: facts.outcomes.map(({ surrogateId, verb, leaf }) => ({
      eventId: surrogateId,
      verb,
      leaf: leaf.index,
    })),
  };
}
