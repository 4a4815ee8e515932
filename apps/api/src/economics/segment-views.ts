import { createHash } from 'node:crypto';
import { canonicalJson } from '#evidence';
import { decide, type SegmentFinding, type SegmentSide } from '#economics';
import { dividePico, formatPico } from '#model';
import { z } from 'zod';
import { Money, Ratio } from '../wire.ts';
import { knownShareOf, type OutcomeHead } from './economics-report.ts';
import { CostIntervalView, decimalText, showInterval } from './interval-view.ts';
import { sentenceOfSegment, type SentenceBaseline } from './outcome-sentence.ts';
import type { GroupSegments } from './search-segments.ts';

const SideView = z.object({
  items: z.int(),
  outcomes: z.int(),
  attemptsPerItem: Ratio.nullable(),
  loadedCostUsd: Money,
  loadedCostPerOutcomeUsd: Ratio.nullable(),
  interval: CostIntervalView.nullable(),
});

export const SegmentView = z
  .object({
    conditions: z.array(z.object({ attribute: z.string(), value: z.string() })),
    casesA: z.int(),
    casesB: z.int(),
    inside: SideView,
    outside: SideView,
    shareOfVolume: Ratio,
    attemptsShareOfGap: Ratio.nullable().meta({
      description: 'Part of the gap in cost of calls per item that goes with the number of attempts (LMDI)',
    }),
    adjustedPValue: Ratio.meta({ description: 'Holm, for all candidates that were tested on B' }),
    verdict: z.enum(['need_data', 'fix_first', 'keep_baseline', 'replace_baseline', 'hold']),
    missing: z.array(z.string()),
    mixedUsd: Ratio.nullable().meta({ description: 'Loaded cost per outcome of half B as it is' }),
    routedUsd: Ratio.nullable().meta({
      description: 'The same with the outcomes of the segment bought at the baseline',
    }),
    sentence: z.string().nullable(),
  })
  .meta({
    id: 'Segment',
    description: 'What is said of a segment comes from half B, in which it was not looked for',
  });

export const SegmentSearchView = z
  .object({
    state: z.enum(['found', 'none_found', 'too_few', 'none_declared', 'nothing_sealed']),
    attributes: z.array(z.string()).meta({ description: 'Declared by the policy intake' }),
    casesA: z.int(),
    casesB: z.int(),
    scored: z.int().meta({ description: 'Conjunctions that were scored on half A' }),
    tested: z.int().meta({ description: 'Candidates tested on half B, each once' }),
    candidatesDigest: z
      .string()
      .meta({ description: 'SHA-256 of the candidates as canonical JSON: a function of half A alone' }),
    salt: z.string().nullable().meta({ description: 'Of the lot: the hash of the first leaf of the log' }),
    excluded: z.object({
      withoutSpend: z.int(),
      unknownCost: z.int(),
      withoutIntake: z
        .int()
        .meta({ description: 'Nothing declared was stated for a time before work began' }),
    }),
    statedLate: z.int().meta({
      description:
        'Items of which something declared was stated only for a time after work began: it is not used',
    }),
    toldAfterwards: z.int().meta({
      description:
        'Items of which something was received only once their state was final: a source could have known',
    }),
  })
  .meta({ id: 'SegmentSearch' });

export const searchView = (found: GroupSegments): z.infer<typeof SegmentSearchView> => ({
  state: found.state.state,
  attributes: [...found.attributes],
  casesA: found.casesA,
  casesB: found.casesB,
  scored: found.scored,
  tested: found.candidates.length,
  candidatesDigest: createHash('sha256')
    .update(
      canonicalJson(
        found.candidates.map((each) => each.map(({ attribute, value }) => ({ attribute, value }))),
      ),
    )
    .digest('hex'),
  salt: found.salt,
  excluded: {
    withoutSpend: found.withoutSpend,
    unknownCost: found.unknownCost,
    withoutIntake: found.withoutIntake,
  },
  statedLate: found.statedLate,
  toldAfterwards: found.toldAfterwards,
});

/** What of a row a segment of it is decided and told by. */
export interface SegmentAbout {
  readonly head: OutcomeHead;
  readonly isTied: boolean;
  readonly population: string | null;
  readonly outcomeTypes: readonly string[];
  readonly baseline: SentenceBaseline | null;
}

export function segmentView(finding: SegmentFinding, about: SegmentAbout): z.infer<typeof SegmentView> {
  const { inside, outside, routed } = finding;
  const decision = decide({
    successes: inside.outcomes,
    failures: inside.items - inside.outcomes,
    linkCoverage: Number(about.head.linkCoverage ?? 0),
    known: knownShareOf(about.head),
    reconciliation: about.isTied ? 'tied' : 'not_reconciled',
    agent: { estimatePico: inside.costPerOutcomePico ?? inside.loadedPico, interval: inside.interval },
    baseline: about.baseline && {
      estimatePico: about.baseline.costPico,
      interval: null,
      isAssumed: about.baseline.isAssumed,
    },
    yearlyCases: null,
    breakEvenCases: null,
    afterExactFixes: null,
  });
  return {
    conditions: finding.conditions.map(({ attribute, value }) => ({ attribute, value })),
    casesA: finding.casesA,
    casesB: finding.casesB,
    inside: sideView(inside),
    outside: sideView(outside),
    shareOfVolume: decimalText(finding.shareOfVolume),
    attemptsShareOfGap: finding.attemptsShareOfGap === null ? null : decimalText(finding.attemptsShareOfGap),
    adjustedPValue: decimalText(finding.adjustedPValue),
    verdict: decision.verdict,
    missing: decision.verdict === 'need_data' ? [...decision.missing] : [],
    mixedUsd: routed && formatPico(routed.mixedPico),
    routedUsd: routed && formatPico(routed.routedPico),
    sentence: sentenceOfSegment(finding, about),
  };
}

const sideView = (side: SegmentSide): z.infer<typeof SideView> => ({
  items: side.items,
  outcomes: side.outcomes,
  attemptsPerItem: side.items === 0 ? null : decimalText(side.attempts / side.items),
  loadedCostUsd: formatPico(side.loadedPico),
  loadedCostPerOutcomeUsd: dividePico(side.loadedPico, BigInt(side.outcomes)),
  interval: side.interval && showInterval(side.interval),
});
