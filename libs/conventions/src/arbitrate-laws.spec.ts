import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { arbitrate } from './arbitrate.ts';
import { readStep } from './read-step.ts';
import type { LeafCandidate, StepDraft } from './step-draft.ts';
import type { SpanNote } from './testing/make-span.ts';
import { makeSpan } from './testing/make-span.ts';

const SPANS_MAX = 12;
const RESPONSES = ['chatcmpl-aaaaaaaaaaaaaaaa', 'chatcmpl-bbbbbbbbbbbbbbbb', 'x1'] as const;
const SCOPES = ['', 'litellm', 'strands.telemetry', 'com.anthropic.claude-platform'] as const;

/** Spans that nest, mirror, replay, fail, sum up and contradict each other in every combination. */
const spanArbitrary = (trace: string) =>
  fc
    .record({
      id: fc.integer({ min: 1, max: SPANS_MAX }),
      parent: fc.option(fc.integer({ min: 1, max: SPANS_MAX })),
      start: fc.integer({ min: 0, max: 5 }),
      length: fc.integer({ min: 0, max: 4 }),
      operation: fc.constantFrom('chat', 'chat', 'chat', 'invoke_agent', 'execute_tool', 'embeddings', null),
      input: fc.option(fc.constantFrom(10, 10, 20, 3)),
      cacheRead: fc.option(fc.constantFrom(5, 30)),
      output: fc.option(fc.constantFrom(1, 1, 2, 0)),
      response: fc.option(fc.constantFrom(...RESPONSES)),
      request: fc.option(fc.constantFrom('req_aaaaaaaaaaaaaaaa', 'req_bbbbbbbbbbbbbbbb'), { freq: 2 }),
      scope: fc.constantFrom(...SCOPES),
      isOpenInference: fc.boolean(),
      isSampled: fc.integer({ min: 0, max: 19 }).map((dice) => dice === 0),
      cost: fc.option(fc.constantFrom(0.5, 0.7)),
    })
    .map((one): SpanNote => {
      const attributes: Record<string, unknown> = {
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4o',
      };
      if (one.operation !== null) attributes['gen_ai.operation.name'] = one.operation;
      if (one.isOpenInference && one.operation === 'chat') attributes['openinference.span.kind'] = 'LLM';
      if (one.input !== null) attributes['gen_ai.usage.input_tokens'] = one.input;
      if (one.output !== null) attributes['gen_ai.usage.output_tokens'] = one.output;
      if (one.cacheRead !== null) attributes['gen_ai.usage.cache_read.input_tokens'] = one.cacheRead;
      if (one.response !== null) attributes['gen_ai.response.id'] = one.response;
      if (one.request !== null) attributes['request_id'] = one.request;
      if (one.cost !== null) attributes['gen_ai.usage.cost'] = one.cost;
      if (one.isSampled) attributes['sampling.probability'] = 0.5;
      return {
        trace,
        id: one.id.toString(16),
        ...(one.parent === null ? {} : { parent: one.parent.toString(16) }),
        at: [one.start, one.start + one.length],
        scope: one.scope,
        attributes,
      };
    });

/** A trace as the store holds it: one row per (span id, start). */
const traceArbitrary = (trace: string) =>
  fc
    .uniqueArray(spanArbitrary(trace), {
      maxLength: SPANS_MAX,
      selector: (note) => `${note.id}/${note.at![0]}`,
    })
    .map((notes) => notes.map((note) => readStep(makeSpan(note))));

/** The candidates of the other traces, as the look-up under shared keys finds them: until no new key comes. */
function candidatesFor(traces: readonly (readonly StepDraft[])[]): LeafCandidate[] {
  return traces.flatMap((trace) => arbitrate(trace, []).candidates);
}

const RUNS = { numRuns: 300 };

describe('laws of arbitration', () => {
  test('any order and any repetition of the spans and of the candidates gives the same trace', () => {
    fc.assert(
      fc.property(
        traceArbitrary('b'),
        traceArbitrary('a'),
        traceArbitrary('c'),
        fc.func(fc.integer()),
        (trace, before, after, dice) => {
          const others = candidatesFor([before, after]);
          const shuffle = <Item>(items: readonly Item[]): Item[] =>
            items
              .map((item, index) => ({ item, key: dice(index, items.length) }))
              .sort((left, right) => left.key - right.key)
              .map(({ item }) => item);
          const again = arbitrate(shuffle([...trace, ...trace]), shuffle([...others, ...others]));
          expect(again).toEqual(arbitrate(trace, others));
        },
      ),
      RUNS,
    );
  });

  test('what a trace publishes does not depend on what others published', () => {
    fc.assert(
      fc.property(traceArbitrary('b'), traceArbitrary('a'), (trace, other) => {
        const { candidates } = arbitrate(trace, candidatesFor([other]));
        expect(candidates).toEqual(arbitrate(trace, []).candidates);
      }),
      RUNS,
    );
  });

  test('a mirror points at a billed step, in whichever trace it is; of a call across traces one step is billed', () => {
    fc.assert(
      fc.property(traceArbitrary('a'), traceArbitrary('b'), traceArbitrary('c'), (...traces) => {
        const others = candidatesFor(traces);
        const steps = traces.flatMap((trace) => arbitrate(trace, others).steps);
        const roleAt = new Map<string, Set<string>>();
        for (const step of steps) {
          const address = `${step.traceId}/${step.spanId}`;
          roleAt.set(address, (roleAt.get(address) ?? new Set()).add(step.role));
        }
        for (const step of steps) {
          expect(step.mirrorOf !== null).toBe(step.role === 'mirror');
          if (step.mirrorOf === null || /^(start_changed|same_tool_call)/.test(step.roleReason)) continue;
          expect([...roleAt.get(`${step.mirrorOf.traceId}/${step.mirrorOf.spanId}`)!]).toContain('leaf');
        }
      }),
      RUNS,
    );
  });

  test('no leaf is billed below or above the leaf whose call it made', () => {
    fc.assert(
      fc.property(traceArbitrary('a'), (trace) => {
        const { steps } = arbitrate(trace, []);
        for (const step of steps)
          if (step.role === 'container' || step.role === 'none') {
            expect(step.usageFrom).toBeNull();
            expect(step.mirrorOf).toBeNull();
          }
        const ids = steps.filter((step) => step.role === 'leaf').map((step) => step.spanId);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      RUNS,
    );
  });
});
