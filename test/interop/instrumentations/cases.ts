import type { Served } from './provider-stub.ts';
import type { Runtime } from './run-jobs.ts';

type Of = (served: Served) => boolean;

/** What an instrumentation does not tell, so that no reader of its spans can know it. */
export interface Blind {
  /** The cached part of the input: it is charged as input, and the step says so. */
  readonly cache?: Of;
  /** The thinking part of the output; it costs the same. */
  readonly reasoning?: Of;
  /** How long cache writes live: five minutes are assumed, and the charge says that it is an estimate. */
  readonly lifetime?: Of;
  /** Whole calls: only a reconciliation with the bill can find them. */
  readonly calls?: Of;
  /** The usage of a call that is seen: it stays unknown. */
  readonly usage?: Of;
}

export interface Case {
  readonly name: string;
  readonly runtime: Runtime;
  readonly program: string;
  readonly instrumentations: readonly string[];
  /** Where the ticket is named: by the resource, each call in a trace of its own, or by a span around all of them. */
  readonly named: 'resource' | 'span';
  /** The dialects of the spans that saw provider calls, billed or not. */
  readonly dialects: readonly string[];
  readonly blind?: Blind;
  /** Where the spans tell no calls, only what an agent used: how many answers each charge is for, in order. */
  readonly totals?: readonly number[];
}

const always: Of = () => true;
const isStream: Of = (served) => served.isStream;
const isChat: Of = ({ api }) => api === 'chat';
const isChatStream: Of = (served) => served.api === 'chat' && served.isStream;
const api =
  (...apis: readonly Served['api'][]): Of =>
  (served) =>
    apis.includes(served.api);

/** What OpenTelemetry's own instrumentation of OpenAI tells: no cache, no reasoning, no responses. */
const CONTRIB: Blind = { cache: api('chat'), reasoning: always, calls: api('responses') };
const LLMETRY: Blind = { reasoning: isChatStream };

type Row = readonly [
  runtime: Runtime,
  program: string,
  named: Case['named'],
  instrumentations: readonly string[],
  dialects: readonly string[],
  rest?: Pick<Case, 'blind' | 'totals'>,
];

const toCase = ([runtime, program, named, instrumentations, dialects, rest]: Row): Case => ({
  name: `${runtime === 'node' ? 'node' : 'python'} ${program}: ${instrumentations.join(' + ')}, by the ${named}`,
  runtime,
  program,
  named,
  instrumentations,
  dialects,
  ...rest,
});

/** One instrumentation at a time. Anthropic's own client writes spans too, whatever else does. */
const SINGLE: readonly Row[] = [
  ['current', 'openai', 'resource', ['openllmetry_openai'], ['openllmetry'], { blind: LLMETRY }],
  ['current', 'openai', 'span', ['openinference_openai'], ['openinference']],
  ['current', 'openai', 'span', ['contrib_openai'], ['otel-gen-ai'], { blind: CONTRIB }],
  ['current', 'anthropic', 'resource', [], ['claude-sdk']],
  ['current', 'anthropic', 'span', ['openllmetry_anthropic'], ['claude-sdk', 'openllmetry']],
  ['current', 'anthropic', 'resource', ['openllmetry_anthropic'], ['claude-sdk', 'openllmetry']],
  ['current', 'anthropic', 'span', ['openinference_anthropic'], ['claude-sdk', 'openinference']],
  [
    'current',
    'langchain',
    'resource',
    ['openinference_langchain'],
    ['openinference'],
    {
      blind: { calls: api('embeddings') },
    },
  ],
  ['current', 'pydantic_ai', 'resource', ['pydantic_ai'], ['claude-sdk', 'pydantic-ai']],
  ['openai2', 'litellm', 'resource', ['litellm_callback'], ['litellm']],
  ['openai2', 'openai_agents', 'resource', ['openinference_openai_agents'], ['openinference']],
  ['openai2', 'strands', 'span', ['strands'], ['strands'], { blind: { reasoning: always } }],
  ['openai2', 'google_genai', 'resource', ['contrib_google_genai'], ['otel-gen-ai']],
  [
    'node',
    'aiSdk5',
    'resource',
    ['aiSdk'],
    ['vercel-ai'],
    {
      blind: {
        cache: ({ bill, isStream: itIs }) => bill.provider === 'openai' && !itIs,
        reasoning: (served) => !served.isStream,
      },
    },
  ],
  ['node', 'aiSdk6', 'span', ['aiSdk'], ['vercel-ai']],
  [
    'node',
    'aiSdk7',
    'resource',
    ['aiSdkOtel'],
    ['vercel-ai-otel'],
    { blind: { reasoning: always, lifetime: always } },
  ],
  [
    'node',
    'openAi',
    'span',
    ['openLlmetry'],
    ['openllmetry'],
    {
      blind: { cache: isChat, reasoning: always, usage: isStream, calls: api('embeddings') },
    },
  ],
  [
    'node',
    'openAi',
    'span',
    ['openInference'],
    ['openinference'],
    {
      blind: { usage: (served) => served.isStream || served.api === 'embeddings' },
    },
  ],
];

/**
 * Several instrumentations see each call: one charge all the same, from the one that knows most. LangChain's streams and
 * embeddings carry no id of the answer, so their spans have to be in one trace.
 */
const SEVERAL: readonly Row[] = [
  [
    'current',
    'openai',
    'span',
    ['openllmetry_openai', 'openinference_openai'],
    ['openinference', 'openllmetry'],
  ],
  [
    'current',
    'openai',
    'resource',
    ['openllmetry_openai', 'openinference_openai'],
    ['openinference', 'openllmetry'],
  ],
  [
    'current',
    'openai',
    'resource',
    ['openinference_openai', 'contrib_openai'],
    ['openinference', 'otel-gen-ai'],
  ],
  [
    'current',
    'openai',
    'span',
    ['contrib_openai', 'openllmetry_openai', 'openinference_openai'],
    ['openinference', 'openllmetry', 'otel-gen-ai'],
  ],
  [
    'current',
    'openai_at_once',
    'span',
    ['contrib_openai', 'openinference_openai'],
    ['openinference', 'otel-gen-ai'],
  ],
  [
    'current',
    'anthropic',
    'resource',
    ['openllmetry_anthropic', 'openinference_anthropic'],
    ['claude-sdk', 'openinference', 'openllmetry'],
  ],
  [
    'current',
    'langchain',
    'span',
    ['openinference_langchain', 'contrib_openai'],
    ['openinference', 'otel-gen-ai'],
  ],
  ['current', 'langchain', 'span', ['openinference_langchain', 'openinference_openai'], ['openinference']],
  [
    'current',
    'pydantic_ai',
    'span',
    ['pydantic_ai', 'openinference_openai'],
    ['claude-sdk', 'openinference', 'pydantic-ai'],
  ],
  [
    'openai2',
    'litellm',
    'resource',
    ['litellm_callback', 'openinference_openai'],
    ['litellm', 'openinference'],
  ],
  ['openai2', 'litellm', 'span', ['litellm_callback', 'openinference_openai'], ['litellm', 'openinference']],
  [
    'openai2',
    'openai_agents',
    'span',
    ['openinference_openai_agents', 'openinference_openai'],
    ['openinference'],
  ],
  ['openai2', 'strands', 'resource', ['strands', 'openinference_openai'], ['openinference', 'strands']],
];

const EMITTERS: readonly (readonly [readonly string[], readonly string[], Pick<Case, 'blind'>?])[] = [
  [['openllmetry_openai'], ['openllmetry']],
  [['openinference_openai'], ['openinference']],
  [['contrib_openai'], ['otel-gen-ai'], { blind: CONTRIB }],
  [
    ['openllmetry_openai', 'openinference_openai'],
    ['openinference', 'openllmetry'],
  ],
];

/** No spans of calls: what the agent has used since it was made stands on its own span, in each trace anew. */
const TOTALS: readonly Row[] = [
  [
    'openai2',
    'strands_session',
    'resource',
    ['strands_without_calls'],
    ['strands'],
    { blind: { reasoning: always }, totals: [2, 1, 2] },
  ],
];

/** What goes wrong on the way: refusals, streams that are cut or tell nothing. */
const TROUBLED: readonly Row[] = [
  ...EMITTERS.map(([instrumentations, dialects, rest]): Row => [
    'current',
    'openai_troubled',
    'span',
    instrumentations,
    dialects,
    rest,
  ]),
  ['current', 'anthropic_cut', 'span', [], ['claude-sdk']],
  ['current', 'anthropic_cut', 'resource', ['openinference_anthropic'], ['claude-sdk', 'openinference']],
  // OpenLLMetry ends no span for a stream that is left.
  ['current', 'anthropic_cut', 'resource', ['openllmetry_anthropic'], ['claude-sdk']],
];

export const CASES: readonly Case[] = [...SINGLE, ...SEVERAL, ...TOTALS, ...TROUBLED].map(toCase);

/** What the stub answers each program, refusals and cut streams included: a program that asks less shows less. */
export const ANSWERS: Readonly<Record<string, number>> = {
  aiSdk5: 11,
  aiSdk6: 11,
  aiSdk7: 11,
  anthropic: 4,
  anthropic_cut: 1,
  google_genai: 2,
  langchain: 3,
  litellm: 3,
  openAi: 3,
  openai: 7,
  openai_agents: 2,
  openai_at_once: 4,
  openai_troubled: 6,
  pydantic_ai: 4,
  strands: 3,
  strands_session: 5,
};
