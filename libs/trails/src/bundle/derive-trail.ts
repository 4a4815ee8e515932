import { parseRef } from '#model';
import { foldTrail } from '../fold/fold-trail.ts';
import type { EntryFact, TrailFacts } from '../fold/trail-facts.ts';
import { toReplay } from '../replay/to-replay.ts';
import { renderReplay } from '../text/render-replay.ts';
import { toProv } from './to-prov.ts';

/** How values are written and named; the evidence stage does it, and hands it in. */
export interface TrailWriting {
  /** RFC 8785. */
  readonly canonicalJson: (value: ReturnType<typeof toReplay> | ReturnType<typeof toProv>) => string;
  /** In hex. */
  readonly sha256: (text: Buffer) => string;
}

/** A trail as it stands in a bundle. */
export interface TrailInBundle {
  /** By ending: the replay in recorded order, the same in the words of W3C PROV, the same to be read. */
  readonly files: Readonly<Record<'replay.json' | 'prov.json' | 'md', string>>;
  /** What it states of cost and outcomes, to be held against the journal and the leaves. */
  readonly costs: readonly EntryFact[];
  readonly outcomes: readonly { readonly eventId: string; readonly verb: string; readonly leaf: number }[];
}

/** Makes the trail of an evidence bundle from its facts; whoever checks the bundle makes it again. Pure. */
export function deriveTrail(facts: TrailFacts, { canonicalJson, sha256 }: TrailWriting): TrailInBundle {
  const replay = toReplay(foldTrail(facts), 'recorded');
  const json = canonicalJson(replay);
  const { kind, key } = parseRef(facts.item.ref);
  const digest = sha256(Buffer.from(json));
  const text = renderReplay({ name: `${kind}:${key}`, digest, replay, reading: [] });
  return {
    files: {
      'replay.json': json,
      'prov.json': canonicalJson(toProv(replay)),
      md: `# Decision trail\n\n\`\`\`text\n${text}\`\`\`\n`,
    },
    costs: facts.entries,
    outcomes: facts.outcomes.map(({ surrogateId, verb, leaf }) => ({
      eventId: surrogateId,
      verb,
      leaf: leaf.index,
    })),
  };
}
