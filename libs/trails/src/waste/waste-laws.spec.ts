// Goal: whatever a run looks like, its cost is told apart to the pico, each pico once, in whatever order its steps come.
import { test } from '@jest/globals';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { call, runOf, tool, type Act } from '../testing/agent-run.ts';
import { judgeRun } from './judge-run.ts';

const word = fc.constantFrom(
  'alpha 77123',
  'beta',
  'gamma 2026-01-02',
  'the quick brown fox jumps over the lazy dog again',
);
const message = fc.record({ role: fc.constantFrom('user', 'assistant', 'tool', 'system'), content: word });

const act = (n: number): fc.Arbitrary<Act> =>
  fc.oneof(
    fc
      .record({
        amount: fc.option(fc.bigInt({ min: 0n, max: 10n ** 13n })),
        prompt: fc.option(fc.array(message, { maxLength: 5 })),
        says: word,
        asks: fc.array(fc.constantFrom('search', 'get_policy'), { maxLength: 2 }),
        read: fc.bigInt({ min: 0n, max: 40n }),
        uncached: fc.bigInt({ min: 0n, max: 40n }),
        errorType: fc.constantFrom(null, null, '429', 'refused'),
        finish: fc.constantFrom<string[]>([], ['length'], ['stop']),
      })
      .map(({ amount, prompt, asks, read, uncached, errorType, finish, says }) =>
        call(n, amount, {
          ...(prompt === null
            ? {}
            : { prompt, says, asks: asks.map((name, at) => [`c${n}-${at}`, name, {}] as const) }),
          tokens: { read, uncached },
          step: { errorType, finishReasons: finish },
        }),
      ),
    fc
      .record({
        name: fc.constantFrom('search', 'get_policy', 'set'),
        given: fc.option(fc.constantFrom({ id: 1 }, { id: 2 })),
        result: fc.option(word),
        fee: fc.bigInt({ min: 0n, max: 1000n }),
        errorType: fc.constantFrom(null, null, 'timeout'),
      })
      .map(({ name, given, result, fee, errorType }) =>
        tool(n, name, {
          ...(given === null ? {} : { given }),
          ...(result === null ? {} : { result }),
          feePico: fee,
          step: { errorType },
        }),
      ),
  );

const run = fc
  .integer({ min: 0, max: 14 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => act(n + 1))));

const facts = fc.record({
  acts: run,
  isAchieved: fc.boolean(),
  isLinked: fc.boolean(),
  writes: fc.boolean(),
});

test('essential + waste + unproven = total, each is not below 0, and findings sum to the waste', () => {
  fc.assert(
    fc.property(facts, ({ acts, isAchieved, isLinked, writes }) => {
      const made = runOf(acts, { isAchieved, isLinked });
      const policy = {
        ...made.policy,
        writes: writes ? [{ tool: 'set', key: ['id'], readBy: [], revertedBy: [] }] : [],
      };
      const verdict = judgeRun({ ...made, policy });
      const { totalPico, essentialPico, wastePico, unprovenPico, findings } = verdict;
      assert.equal(
        totalPico,
        made.steps.reduce((sum, { amountPico }) => sum + (amountPico ?? 0n), 0n),
      );
      assert.equal(essentialPico + wastePico + unprovenPico, totalPico);
      assert.ok(essentialPico >= 0n && wastePico >= 0n && unprovenPico >= 0n);
      assert.equal(
        findings.reduce((sum, finding) => sum + finding.wastePico, 0n),
        wastePico,
      );
      assert.equal(new Set(findings.map(({ rule, spanId }) => `${rule} ${spanId}`)).size, findings.length);
      for (const { state, wastePico: taken } of findings) assert.ok(state === 'proven' || taken === 0n);
      if (!isAchieved) assert.equal(essentialPico, 0n);
    }),
    { numRuns: 120 },
  );
});

test('the verdict does not depend on the order of the steps', () => {
  fc.assert(
    fc.property(facts, fc.infiniteStream(fc.nat()), ({ acts, isAchieved, isLinked }, chance) => {
      const inOrder = runOf(acts, { isAchieved, isLinked });
      const shuffled = acts
        .map((each) => ({ each, at: chance.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each);
      assert.deepEqual(judgeRun(runOf(shuffled, { isAchieved, isLinked })), judgeRun(inOrder));
    }),
    { numRuns: 60 },
  );
});
