import { createHash } from 'node:crypto';
import * as fc from 'fast-check';

/** One trace: an agent that works on a ticket and calls a model; `gateway` sees the same call in a trace of its own. */
export interface Story {
  readonly traces: readonly {
    readonly id: number;
    readonly ticket: number;
    readonly conversation: number | null;
    readonly startedAtS: number;
    readonly tokens: number;
    readonly gateway: boolean;
    /** Another call within the call, exported apart: then the outer one is a container. */
    readonly nested: boolean;
  }[];
  readonly events: readonly {
    readonly id: number;
    readonly ticket: number;
    readonly verb: string;
    readonly atS: number;
    readonly conversation: number | null;
  }[];
  /** Each is a rule over the whole history: a bulk cause. */
  readonly prices: readonly { readonly inputPrice: number }[];
  /** Somebody asks to close the month of the story, at any moment. */
  readonly closes: boolean;
}

export const anyStory: fc.Arbitrary<Story> = fc.record({
  traces: fc.uniqueArray(
    fc.record({
      id: fc.nat(9),
      ticket: fc.nat(1),
      conversation: fc.option(fc.nat(1), { freq: 2 }),
      startedAtS: fc.nat(9),
      tokens: fc.integer({ min: 1, max: 1000 }),
      gateway: fc.boolean(),
      nested: fc.boolean(),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 4 },
  ),
  events: fc.uniqueArray(
    fc.record({
      id: fc.nat(9),
      ticket: fc.nat(1),
      verb: fc.constantFrom('resolved', 'reopened', 'failed', 'attempt_failed', 'cancelled', 'merged_into'),
      atS: fc.nat(12),
      conversation: fc.option(fc.nat(1), { freq: 2 }),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 4 },
  ),
  prices: fc.array(fc.record({ inputPrice: fc.integer({ min: 1, max: 9 }) }), { maxLength: 1 }),
  closes: fc.boolean(),
});

/** In October 2025. */
export const START_NS = 1_760_000_000_000_000_000n;
export const STORY_MONTH = '2025-10';
const atNs = (seconds: number): string => (START_NS + BigInt(seconds) * 1_000_000_000n).toString();
const hex = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);
const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const number = (key: string, value: number): object => ({ key, value: { intValue: String(value) } });

const usageOf = (response: string, tokens: number): object[] => [
  text('gen_ai.operation.name', 'chat'),
  text('gen_ai.provider.name', 'openai'),
  text('gen_ai.request.model', 'law-model'),
  text('gen_ai.response.id', hex(response, 24)),
  number('gen_ai.usage.input_tokens', tokens),
  number('gen_ai.usage.output_tokens', 1),
];

/** The export requests of a story's traces: agent and model call apart, so that halves can come late. */
export function requestsOf(story: Story): object[] {
  return story.traces.flatMap((trace) => {
    const traceId = hex(`trace ${trace.id}`, 32);
    const root = hex(`root ${trace.id}`, 16);
    const end = atNs(trace.startedAtS + 2);
    const named = [text('ticket.id', `T${trace.ticket}`), text('workflow.name', 'support')];
    if (trace.conversation !== null) named.push(text('gen_ai.conversation.id', `c${trace.conversation}`));
    const agent = span(traceId, root, null, 'invoke_agent a', atNs(trace.startedAtS), end, [
      text('gen_ai.operation.name', 'invoke_agent'),
      ...named,
    ]);
    const usage = usageOf(`response ${trace.id}`, trace.tokens + (trace.nested ? 3 : 0));
    const call = span(
      traceId,
      hex(`call ${trace.id}`, 16),
      root,
      'chat law-model',
      atNs(trace.startedAtS + 1),
      end,
      usage,
    );
    const seen = span(
      hex(`gateway ${trace.id}`, 32),
      hex(`seen ${trace.id}`, 16),
      null,
      'chat law-model',
      atNs(trace.startedAtS + 1),
      end,
      usage,
    );
    // Two calls within the call, together what it counted: then it is a container.
    const inner = ['a', 'b'].map((part) =>
      span(
        traceId,
        hex(`inner ${part} ${trace.id}`, 16),
        hex(`call ${trace.id}`, 16),
        'chat law-model',
        atNs(trace.startedAtS + 1),
        end,
        usageOf(`inner ${part} ${trace.id}`, part === 'a' ? trace.tokens : 3),
      ),
    );
    return [
      request('agent', [agent]),
      request('agent', [call]),
      ...(trace.nested ? [request('agent', inner)] : []),
      ...(trace.gateway ? [request('gateway', [seen])] : []),
    ];
  });
}

const span = (
  traceId: string,
  spanId: string,
  parentSpanId: string | null,
  name: string,
  start: string,
  end: string,
  attributes: object[],
): object => ({
  traceId,
  spanId,
  ...(parentSpanId === null ? {} : { parentSpanId }),
  name,
  kind: 3,
  startTimeUnixNano: start,
  endTimeUnixNano: end,
  attributes,
  status: {},
});
const request = (serviceName: string, spans: object[]): object => ({
  resourceSpans: [
    {
      resource: { attributes: [text('service.name', serviceName)] },
      scopeSpans: [{ scope: { name: 'law' }, spans }],
    },
  ],
});
