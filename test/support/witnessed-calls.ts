import * as fc from 'fast-check';

/** Who saw a provider call: the application's SDK, a gateway, the provider's server, and log records of it. */
const WITNESSES = ['sdk', 'gateway', 'server', 'log', 'details'] as const;
type WitnessKind = (typeof WITNESSES)[number];

/** A provider call, with who told of it. */
export interface WitnessedCall {
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
  readonly seenBy: readonly WitnessKind[];
  /** Server span and log record come in traces of their own, not inside of the SDK's span. */
  readonly isApart: boolean;
}

/** A span or log record of a call, before it is written down in any encoding. Ids are short hex texts. */
export interface Piece {
  readonly signal: 'span' | 'log';
  /** null: a log record made outside of any trace. */
  readonly trace: string | null;
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly scope: string;
  readonly service: string;
  /** Seconds. */
  readonly at: readonly [start: number, end: number];
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** The SDK knows the response id and the request id; without it nobody joins a log record to the others. */
const seenBy = fc.oneof(
  fc.subarray([...WITNESSES]).map((others) => [...new Set<WitnessKind>(['sdk', ...others])]),
  fc.constantFrom<WitnessKind[]>(['log'], ['gateway'], ['server', 'gateway']),
);

/** One to five calls of one session; some of them count the same. */
export const witnessedCalls: fc.Arbitrary<WitnessedCall[]> = fc.array(
  fc.record({
    input: fc.integer({ min: 1, max: 3 }),
    cacheRead: fc.constantFrom(0, 1000),
    output: fc.integer({ min: 1, max: 2 }),
    seenBy,
    isApart: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
);

/** @param salt makes the ids of this run its own @returns all spans and log records, the agent's span first */
export function piecesOf(calls: readonly WitnessedCall[], salt: string): Piece[] {
  const agent: Piece = {
    signal: 'span',
    trace: 'a',
    id: 'ffff',
    parent: null,
    name: 'invoke_agent coder',
    scope: 'agent',
    service: 'app',
    at: [0, 10 * calls.length + 5],
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'coder' },
  };
  return [
    agent,
    ...calls.flatMap((call, index) => call.seenBy.map((kind) => pieceOf(kind, call, index, salt))),
  ];
}

interface Sight {
  readonly call: WitnessedCall;
  readonly index: number;
  readonly salt: string;
  readonly own: string;
  /** Inside of the SDK's span. */
  readonly isInside: boolean;
  readonly base: Pick<Piece, 'id' | 'at' | 'parent' | 'trace'>;
  /** The GenAI attributes that all who know them write. */
  readonly semantic: Readonly<Record<string, string | number>>;
}

function pieceOf(kind: WitnessKind, call: WitnessedCall, index: number, salt: string): Piece {
  const own = (index + 1).toString(16);
  return PIECES[kind]({
    call,
    index,
    salt,
    own,
    isInside: !call.isApart && call.seenBy.includes('sdk'),
    base: { id: own, at: [10 * index, 10 * index + 8], parent: null, trace: 'a' },
    semantic: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.response.id': `msg_${salt}_response_${index}`,
      'gen_ai.usage.input_tokens': call.input + call.cacheRead,
      'gen_ai.usage.cache_read.input_tokens': call.cacheRead,
      'gen_ai.usage.output_tokens': call.output,
    },
  });
}

const requestOf = ({ salt, index }: Sight): string => `req_${salt}_request_${index}`;

const PIECES: Readonly<Record<WitnessKind, (sight: Sight) => Piece>> = {
  sdk: (sight) => ({
    ...sight.base,
    signal: 'span',
    parent: 'ffff',
    name: 'anthropic.messages.create',
    scope: 'com.anthropic.sdk.typescript',
    service: 'app',
    attributes: { ...sight.semantic, request_id: requestOf(sight) },
  }),
  gateway: ({ base, own, semantic }) => ({
    ...base,
    signal: 'span',
    trace: `b${own}`,
    name: 'litellm_request',
    scope: 'litellm',
    service: 'proxy',
    attributes: {
      ...semantic,
      'llm.request.type': 'acompletion',
      'metadata.user_api_key_alias': 'team',
      'gen_ai.cost.total_cost': 0.5,
    },
  }),
  server: ({ base, own, isInside, semantic }) => ({
    ...base,
    signal: 'span',
    id: `c${own}`,
    trace: isInside ? 'a' : `c${own}`,
    parent: isInside ? own : null,
    name: 'messages',
    scope: 'com.anthropic.claude-platform',
    service: 'claude-platform',
    attributes: semantic,
  }),
  log: (sight) => ({
    ...sight.base,
    signal: 'log',
    id: `d${sight.own}`,
    trace: sight.isInside ? 'a' : null,
    parent: sight.isInside ? sight.own : null,
    name: 'claude_code.api_request',
    scope: 'com.anthropic.claude_code.events',
    service: 'claude-code',
    attributes: {
      model: 'claude-sonnet-4-5',
      input_tokens: sight.call.input,
      cache_read_tokens: sight.call.cacheRead,
      output_tokens: sight.call.output,
      cost_usd: 0.25,
      duration_ms: 7000,
      request_id: requestOf(sight),
      'prompt.id': `${sight.salt} ${sight.index}`,
    },
  }),
  details: ({ base, own, semantic }) => ({
    ...base,
    signal: 'log',
    id: `e${own}`,
    parent: own,
    name: 'gen_ai.client.inference.operation.details',
    scope: 'genai',
    service: 'app',
    attributes: semantic,
  }),
};
