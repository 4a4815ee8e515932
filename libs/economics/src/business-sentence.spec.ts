import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parsePico } from '#model';
import { businessSentence, type SentenceCost, type SentenceSlots } from './business-sentence.ts';

const usd = (text: string): bigint => parsePico(text)!;
const cost = (
  estimate: string,
  low: string,
  high: string | null,
  more: Partial<SentenceCost>,
): SentenceCost => ({
  estimatePico: usd(estimate),
  interval: { lowPico: usd(low), highPico: high === null ? null : usd(high) },
  spentPico: usd('100'),
  items: 920,
  outcomes: 920,
  isComplete: true,
  ...more,
});
const nothing = { estimatePico: null, interval: null, outcomes: 0 };

const segment = {
  conditions: [{ attribute: 'exception_doc', value: 'yes' }],
  cost: cost('9.4', '8.085', '10.715', { items: 80, outcomes: 80 }),
  attempts: 3.1,
  restAttempts: 1.2,
  attemptsShareOfGap: 0.578,
  shareOfVolume: 0.08,
  routed: { mixedPico: usd('3.604'), routedPico: usd('3.492') },
};
const TOLD_FROM = 'All of this is told from the half of the cases that had no part in finding it.';
const slots: SentenceSlots = {
  unit: 'processed claim',
  caseName: 'claim',
  population: null,
  baseline: { name: 'the BPO', costPico: usd('8'), isAssumed: false },
  agent: cost('3.1', '2.938', '3.262', {}),
  segment: null,
};

test.each<[string, Partial<SentenceSlots>, string]>([
  [
    'T12.1: claims',
    { segment },
    'The agent costs $3.10 per processed claim (95 % CI $2.94 to $3.26, n=920) vs $8.00 at the BPO: 61 % cheaper. ' +
      'But where exception_doc=yes it costs $9.40 (95 % CI $8.09 to $10.71, n=80), 18 % dearer than the BPO: 3.1 attempts ' +
      'instead of 1.2; 58 % of the gap in token cost goes with the number of attempts. That is 8 % of the volume. ' +
      'Sending only these to the BPO saves $0.112 per claim ($3.60 to $3.49). ' +
      TOLD_FROM,
  ],
  [
    'shares that are nearly none and nearly all of it, and as many attempts',
    {
      agent: cost('0.038', '0.0358', '0.0444', { items: 59, outcomes: 59 }),
      segment: {
        ...segment,
        attempts: 1.12,
        restAttempts: 1.08,
        attemptsShareOfGap: 0.004,
        shareOfVolume: 0.999,
      },
    },
    'The agent costs $0.0380 per processed claim (95 % CI $0.0358 to $0.0444, n=59) vs $8.00 at the BPO: over 99 % ' +
      'cheaper. But where exception_doc=yes it costs $9.40 (95 % CI $8.09 to $10.71, n=80), 18 % dearer than the BPO: 1.1 ' +
      'attempts as elsewhere; under 1 % of the gap in token cost goes with the number of attempts. That is over 99 % of ' +
      'the volume. Sending only these to the BPO saves $0.112 per claim ($3.60 to $3.49). ' +
      TOLD_FROM,
  ],
  [
    'no part of the gap goes with attempts',
    { baseline: null, segment: { ...segment, attempts: 1, restAttempts: 1, attemptsShareOfGap: 0 } },
    'The agent costs $3.10 per processed claim (95 % CI $2.94 to $3.26, n=920); no baseline is recorded to compare it ' +
      'with. But where exception_doc=yes it costs $9.40 (95 % CI $8.09 to $10.71, n=80): 1.0 attempts as elsewhere; none ' +
      'of the gap in token cost goes with the number of attempts. That is 8 % of the volume. ' +
      TOLD_FROM,
  ],
  [
    'no segment',
    {},
    'The agent costs $3.10 per processed claim (95 % CI $2.94 to $3.26, n=920) vs $8.00 at the BPO: 61 % cheaper.',
  ],
  [
    'no baseline',
    { baseline: null },
    'The agent costs $3.10 per processed claim (95 % CI $2.94 to $3.26, n=920); no baseline is recorded to compare it with.',
  ],
  [
    'no baseline, a segment of two conditions without an outcome',
    {
      baseline: null,
      population: 'claims',
      segment: {
        ...segment,
        conditions: [...segment.conditions, { attribute: 'lines', value: 'over 7' }],
        cost: cost('1', '1', null, { ...nothing, items: 40 }),
        attemptsShareOfGap: null,
        routed: null,
      },
    },
    'claims: the agent costs $3.10 per processed claim (95 % CI $2.94 to $3.26, n=920); no baseline is recorded to compare ' +
      'it with. But where exception_doc=yes and lines=over 7 it brought none of n=40 to its outcome (processed claim); it ' +
      'cost $100.00: 3.1 attempts instead of 1.2. That is 8 % of the volume. ' +
      TOLD_FROM,
  ],
  [
    'an assumed baseline, few items, a small figure',
    {
      baseline: { name: 'the BPO', costPico: usd('8'), isAssumed: true },
      agent: cost('0.025123', '1', '2', { interval: null, items: 7 }),
    },
    'The agent costs $0.0251 per processed claim (too few items for an interval, n=7) vs $8.00 at the BPO: not told ' +
      'apart from the BPO yet. The figure of the BPO is an assumption.',
  ],
  [
    'part of the cost is unknown',
    { agent: cost('3.1', '1', '2', { interval: null, items: 36, isComplete: false }) },
    'The agent costs at least $3.10 per processed claim (part of it is not known, n=36) vs $8.00 at the BPO: not told ' +
      'apart from the BPO yet.',
  ],
  [
    'a lower bound alone',
    { agent: cost('20', '12', null, { items: 40 }) },
    'The agent costs $20.00 per processed claim (at least $12.00, n=40) vs $8.00 at the BPO: 150 % dearer than the BPO.',
  ],
  [
    'no outcome',
    { agent: cost('1', '1', null, { ...nothing, items: 40 }) },
    'The agent brought none of n=40 to its outcome (processed claim); it cost $100.00.',
  ],
  [
    'outcomes whose cost is not known',
    {
      agent: cost('1', '1', null, {
        estimatePico: null,
        interval: null,
        spentPico: null,
        items: 6,
        outcomes: 5,
      }),
    },
    'The agent brought 5 of n=6 to its outcome (processed claim); what it cost is not known.',
  ],
  [
    'no attribute is declared',
    { segment: { state: 'none_declared' }, baseline: null },
    'The agent costs $3.10 per processed claim (95 % CI $2.94 to $3.26, n=920); no baseline is recorded to compare it with. ' +
      'Whether it is dearer for some of them is not known: no attribute of their intake is declared.',
  ],
  [
    'nothing is sealed',
    { segment: { state: 'nothing_sealed' } },
    'The agent costs $3.10 per processed claim (95 % CI $2.94 to $3.26, n=920) vs $8.00 at the BPO: 61 % cheaper. ' +
      'Whether it is dearer for some of them is not known: nothing is sealed yet that could part the items by lot.',
  ],
  [
    'too few are known',
    { segment: { state: 'too_few', known: 31 } },
    'The agent costs $3.10 per processed claim (95 % CI $2.94 to $3.26, n=920) vs $8.00 at the BPO: 61 % cheaper. ' +
      'Whether it is dearer for some of them is not known: of n=31 the intake and the cost are known, too few to look.',
  ],
  [
    'nothing was found',
    { segment: { state: 'none_found', attributes: 1, looked: 900 } },
    'The agent costs $3.10 per processed claim (95 % CI $2.94 to $3.26, n=920) vs $8.00 at the BPO: 61 % cheaper. ' +
      'No part of them that an attribute of the intake tells apart is dearer for sure (n=900).',
  ],
])('%s', (_, over, sentence) => {
  expect(businessSentence({ ...slots, ...over })).toBe(sentence);
});

test('a law: no sentence says what brings a difference about', () => {
  const anyPico = fc.bigInt(1n, 10n ** 15n);
  const anyCost = fc.record({
    estimatePico: fc.option(anyPico),
    interval: fc.option(fc.record({ lowPico: anyPico, highPico: fc.option(anyPico) })),
    spentPico: fc.option(anyPico),
    items: fc.nat(1000),
    outcomes: fc.nat(1000),
    isComplete: fc.boolean(),
  });
  const anySegment = fc.record({
    conditions: fc.constant(segment.conditions),
    cost: anyCost,
    attempts: fc.constant(3.1),
    restAttempts: fc.constant(1.2),
    attemptsShareOfGap: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    shareOfVolume: fc.double({ min: 0, max: 1, noNaN: true }),
    routed: fc.option(fc.record({ mixedPico: anyPico, routedPico: anyPico })),
  });
  const anySearch = fc.constantFrom(
    { state: 'none_declared' as const },
    { state: 'nothing_sealed' as const },
    { state: 'too_few' as const, known: 3 },
    { state: 'none_found' as const, attributes: 2, looked: 400 },
  );
  fc.assert(
    fc.property(
      fc.record({
        agent: anyCost,
        segment: fc.option(fc.oneof(anySegment, anySearch)),
        isCompared: fc.boolean(),
      }),
      ({ agent, segment: found, isCompared }) => {
        const sentence = businessSentence({
          ...slots,
          agent,
          segment: found,
          baseline: isCompared ? slots.baseline : null,
        });
        expect(sentence).not.toMatch(
          /\b(because|caus(e|es|ed|ing)|due to|leads? to|drives?|thanks to|results? in)\b/i,
        );
        expect(sentence).not.toMatch(/undefined|null|NaN|Infinity/);
      },
    ),
  );
});
