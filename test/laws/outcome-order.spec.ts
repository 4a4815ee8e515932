// Goal: whatever the order in which outcomes, merges, splits, corrections, withdrawals and spans arrive, with or
// without work in between, the states, the balances and the worklists end the same.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { fuzzRuns } from '../support/otlp-arbitrary.ts';
import { OutcomePlay, type EventSent, type WorkDone } from '../support/outcome-play.ts';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ prices: 'none' });
});
afterAll(() => service.stop());

type Arrival = { readonly work: WorkDone } | { readonly event: EventSent };

const DAY_MS = 86_400_000;
const RULE = {
  outcomeType: 'ticket.resolved',
  verbs: {
    resolved: 'achieved',
    failed: 'failed',
    cancelled: 'cancelled',
    reopened: 'reopened',
    attempt_failed: 'attempt_failed',
    answered: 'noted',
  },
  assumed: { verbs: ['answered'], afterMs: DAY_MS / 4 },
  timeToLive: { ms: DAY_MS, after: 'last_activity' },
};

const KEYS = ['A', 'B', 'C'] as const;
const anyKey = fc.constantFrom(...KEYS);
const anyWork = fc.record({
  key: anyKey,
  atH: fc.nat(40),
  dollars: fc.integer({ min: 1, max: 9 }),
  attributes: fc.constantFrom<Readonly<Record<string, string>>>({}, { 'work_item.attempt': '1' }),
});

/** What an event says besides its verb; names of other events are places in the story. */
type Saying = {
  readonly verb: string;
  readonly key: string;
  readonly data: (ids: readonly string[]) => object;
};
const anySaying: fc.Arbitrary<Saying> = fc.oneof(
  fc.record({
    verb: fc.constantFrom('resolved', 'failed', 'cancelled', 'reopened', 'attempt_failed', 'answered'),
    key: anyKey,
    data: fc.constantFrom<() => object>(
      () => ({}),
      () => ({ tier: 'confirmed', quality: 5 }),
    ),
  }),
  fc.tuple(anyKey, anyKey).map(([key, into]) => ({
    verb: 'merged_into',
    key,
    data: () => ({ mergedInto: into }),
  })),
  fc.tuple(anyKey, anyKey, fc.integer({ min: 1, max: 3 })).map(([key, origin, weight]) => ({
    verb: 'split_from',
    key,
    data: () => ({ splitFrom: { key: origin, weight } }),
  })),
  fc.tuple(anyKey, fc.nat(9), fc.constantFrom('resolved', 'failed', 'reopened')).map(([key, n, verb]) => ({
    verb: 'corrected',
    key,
    data: (ids: readonly string[]) => ({ corrects: { id: ids[n % ids.length], to: { verb } } }),
  })),
  fc.tuple(anyKey, fc.nat(9)).map(([key, n]) => ({
    verb: 'superseded',
    key,
    data: (ids: readonly string[]) => ({ supersedes: { id: ids[n % ids.length] } }),
  })),
);

const anyStory = fc
  .record({
    work: fc.array(anyWork, { minLength: 1, maxLength: 3 }),
    says: fc.array(fc.tuple(anySaying, fc.nat(40), fc.option(fc.nat(3), { freq: 3 })), {
      minLength: 1,
      maxLength: 6,
    }),
  })
  .map(({ work, says }): Arrival[] => {
    const ids = says.map((_, index) => `e${index}`);
    return [
      ...work.map((each, index) => ({ work: { ...each, trace: `trace ${index}` } })),
      ...says.map(([{ verb, key, data }, atH, sequence], index) => ({
        event: {
          id: ids[index]!,
          verb,
          key,
          atH,
          data: data(ids),
          ...(sequence === null ? {} : { sequence: String(sequence) }),
        },
      })),
    ];
  });

async function play(
  arrivals: readonly Arrival[],
  settlesAfter: (index: number) => boolean,
): Promise<unknown> {
  const stage = await OutcomePlay.begin(service);
  await stage.define('ticket', RULE);
  for (const [index, arrival] of arrivals.entries()) {
    if ('work' in arrival) await stage.work(arrival.work);
    else await stage.event(arrival.event);
    if (settlesAfter(index)) await service.settle();
  }
  await service.settle();
  return stage.end();
}

test('any order of arrival, with duplicates, gives the same states, balances and worklists', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyStory.chain((story) =>
        fc.tuple(
          fc.constant(story),
          fc.shuffledSubarray(story, { minLength: story.length }),
          fc.subarray(story.filter((arrival) => 'event' in arrival)),
          fc.nat(1023),
        ),
      ),
      async ([story, shuffled, again, settles]) => {
        const inOrder = await play(story, () => false);
        const anyhow = await play([...shuffled, ...again], (index) => (settles >> (index % 10)) % 2 === 1);
        expect(anyhow).toEqual(inOrder);
      },
    ),
    { numRuns: fuzzRuns(8) },
  );
}, 600_000);
