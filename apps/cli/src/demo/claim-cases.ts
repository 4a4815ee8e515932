import { CaseWriter, chat, DAY_MS, HOUR_MS, retrieval, startOfCase, tool } from './case-writing.ts';
import type { Case, Intake, ModelCall, ToolUse } from './case.ts';
import type { SeededRandom } from './seeded-random.ts';

type Story = (claim: CaseWriter, random: SeededRandom) => CaseWriter;
type Steps = (ModelCall | ToolUse)[];

/** How many claims went which way. Those that come with an exception document are told apart at intake. */
const STORIES: readonly (readonly [name: string, claims: number, isException: boolean, story: Story])[] = [
  ['straight through', 100, false, (claim, random) => claim.run(assess(random, 0)).event('processed')],
  ['exception documents that the rules cover', 34, true, withExceptions],
  ['unreadable document, tried again', 6, true, retried],
  ['exception decided by a person', 44, true, handedOff],
  ['paid after it was processed', 6, false, paid],
  ['disputed and processed again', 4, false, disputed],
  ['not covered', 4, false, notCovered(0)],
  ['exception not covered', 10, true, notCovered(2)],
  ['read by a model without a price', 2, true, readInHouse],
  ['reported weeks later', 2, false, reportedLate],
  ['still open', 3, false, (claim, random) => claim.run(assess(random, 0))],
];

/** Teams of the claims department, by region. */
const TEAMS = ['claims-east', 'claims-midland', 'claims-north', 'claims-south', 'claims-west'];

const intakeOf = (random: SeededRandom, isException: boolean): Intake => ({
  exception_doc: isException,
  channel: random.pick(['mail', 'phone', 'portal']),
  lines: random.between(1, 12),
});

/** @returns the claims of the month, in the order of their numbers */
export function claimCases(random: SeededRandom): Case[] {
  const stories = STORIES.flatMap(([name, claims, isException, story]) =>
    Array.from({ length: claims }, () => ({ name, isException, story })),
  );
  return random.shuffle(stories).map(({ name, isException, story }, index) => {
    const team = TEAMS[index % TEAMS.length]!;
    const claim = new CaseWriter(name, 'claim', `C-${501 + index}`, team, startOfCase(random));
    return story(claim.opened(intakeOf(random, isException)), random).end();
  });
}

/** Reads the claim and the terms, each exception document, then decides. */
function assess(random: SeededRandom, exceptionDocuments: number): Steps {
  const rulesTokens = 6_144;
  const documents = Array.from({ length: exceptionDocuments }, (_, index): Steps => [
    tool('read_exception_document', random.between(200, 900), {
      said: { arguments: { document: String(index + 1) }, result: `document ${random.between(1000, 9999)}` },
    }),
    chat({
      provider: 'anthropic',
      model: 'claude-haiku-4-5',
      inputTokens: random.between(7_000, 16_000),
      outputTokens: random.between(500, 1_100),
    }),
  ]);
  return [
    tool('read_claim', random.between(100, 300)),
    retrieval('policy_terms', random.between(90, 250)),
    chat({
      provider: 'openai',
      model: 'gpt-5-mini',
      inputTokens: random.between(5_000, 9_000),
      outputTokens: random.between(700, 1_300),
      reasoningTokens: random.between(192, 512),
    }),
    ...documents.flat(),
    chat({
      provider: 'openai',
      model: 'gpt-5',
      inputTokens: rulesTokens + random.between(4_000, 7_000) + exceptionDocuments * 1_500,
      cacheReadTokens: rulesTokens,
      outputTokens: random.between(1_500, 3_000),
      reasoningTokens: random.between(640, 1_280),
    }),
    tool('record_decision', random.between(60, 160)),
  ];
}

function withExceptions(claim: CaseWriter, random: SeededRandom): CaseWriter {
  return claim.run(assess(random, random.between(2, 5))).event('processed');
}

function retried(claim: CaseWriter, random: SeededRandom): CaseWriter {
  const broken = assess(random, 1).slice(0, -2);
  return claim
    .run(broken, { error: 'unreadable_document' })
    .event('attempt_failed', { reason: 'unreadable document' })
    .after(random.between(4, 30) * HOUR_MS)
    .run(assess(random, 2))
    .event('processed');
}

/** The agent stops at an exception its rules do not cover; a person decides. */
function handedOff(claim: CaseWriter, random: SeededRandom): CaseWriter {
  return claim
    .run(assess(random, 3), { error: 'exception_not_covered' })
    .event('handed_off', { to: 'claims examiner' })
    .after(random.between(5, 40) * HOUR_MS)
    .person(random.between(55, 105))
    .event('processed', { decidedBy: 'person', precedent: 'C-0417' });
}

function paid(claim: CaseWriter, random: SeededRandom): CaseWriter {
  return claim
    .run(assess(random, 0))
    .event('processed')
    .after(3 * DAY_MS)
    .event('paid', { value: { amount: `${random.between(300, 4_000)}.00`, currency: 'USD' } });
}

function notCovered(exceptionDocuments: number): Story {
  return (claim, random) =>
    claim.run(assess(random, exceptionDocuments)).event('failed', { reason: 'not covered' });
}

function disputed(claim: CaseWriter, random: SeededRandom): CaseWriter {
  return claim
    .run(assess(random, 0))
    .event('processed')
    .after(random.between(2, 5) * DAY_MS)
    .event('disputed', { reason: 'amount' })
    .after(HOUR_MS)
    .run(assess(random, 0))
    .event('processed');
}

/** The house's own model reads the documents. Nobody told what it costs: unknown, and not nothing. */
function readInHouse(claim: CaseWriter, random: SeededRandom): CaseWriter {
  const steps = assess(random, 2).map((step) =>
    step.action === 'chat' && step.provider === 'anthropic'
      ? { ...step, provider: 'in-house', model: 'document-reader-7b' }
      : step,
  );
  return claim.run(steps).event('processed');
}

function reportedLate(claim: CaseWriter, random: SeededRandom): CaseWriter {
  return claim
    .run(assess(random, 0))
    .after(random.between(15, 20) * DAY_MS)
    .event('processed', {}, true);
}
