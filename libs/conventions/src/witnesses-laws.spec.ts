import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { piecesOf, witnessedCalls, type Piece } from '../../../test/support/witnessed-calls.ts';
import { arbitrate } from './arbitrate.ts';
import { readLog } from './read-log.ts';
import { readStep } from './read-step.ts';
import type { StepDraft } from './step-draft.ts';
import { describeUsage } from './testing/describe-step.ts';
import { makeLog } from './testing/make-log.ts';
import { makeSpan } from './testing/make-span.ts';

function toDraft({ signal, trace, parent, name, at, ...note }: Piece): StepDraft {
  const place = { trace: trace ?? `9${note.id}`, ...(parent === null ? {} : { parent }) };
  return signal === 'span'
    ? readStep(makeSpan({ ...note, ...place, name, at }))
    : readLog(makeLog({ ...note, ...place, event: name, at: at[1] }));
}

/** What is billed when every trace knows the candidates of the others, sorted; the same in any order of pieces. */
function billed(pieces: readonly Piece[]): string[] {
  const byTrace = new Map<string, StepDraft[]>();
  for (const draft of pieces.map(toDraft))
    byTrace.set(draft.traceId, [...(byTrace.get(draft.traceId) ?? []), draft]);
  const traces = [...byTrace.values()];
  const others = traces.flatMap((trace) => arbitrate(trace, []).candidates);
  return traces
    .flatMap((trace) => arbitrate(trace, others).steps)
    .filter(({ role }) => role === 'leaf')
    .map(({ usage }) => describeUsage(usage))
    .sort();
}

const shuffled = witnessedCalls.chain((calls) => {
  const pieces = piecesOf(calls, '0123456789');
  return fc
    .tuple(
      fc.shuffledSubarray(pieces, { minLength: pieces.length, maxLength: pieces.length }),
      fc.subarray(pieces),
    )
    .map(([order, repeated]) => ({ calls, pieces: [...order, ...repeated] }));
});

test('each call is billed once, whoever saw it, in whatever trace and order, however often it is sent', () => {
  fc.assert(
    fc.property(shuffled, ({ calls, pieces }) => {
      expect(billed(pieces)).toEqual(
        calls
          .map(({ input, cacheRead, output }) =>
            describeUsage({
              tokens: {
                in_uncached: BigInt(input),
                ...(cacheRead > 0 ? { cache_read: BigInt(cacheRead) } : {}),
                out_text: BigInt(output),
              },
              units: {},
            }),
          )
          .sort(),
      );
    }),
    { numRuns: 150 },
  );
});
