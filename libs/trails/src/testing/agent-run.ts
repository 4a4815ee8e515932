import type { Step, Usage } from '#model';
import type { ContentFact, ContentFacts } from '../reading/content-fact.ts';
import type { RunFacts, RunStep } from '../waste/run-facts.ts';
import { readTraceContent } from '../waste/read-trace-content.ts';
import { SHIPPED_WASTE_POLICY } from '../waste/waste-policy.ts';
import { stepOf } from './trail-facts.ts';

/** A step with what it said; `n` names its span and its second. */
export interface Act {
  readonly run: RunStep;
  readonly parts: readonly ContentFact[];
}

const part = (name: string, value: unknown): ContentFact => ({
  part: name,
  mediaType: 'application/json',
  text: typeof value === 'string' ? value : JSON.stringify(value),
});

const PRICES = { readPico: 300_000n, writePico: 3_750_000n, uncachedPico: 3_000_000n };
const TOOLS = JSON.stringify([{ name: 'search' }, { name: 'get_policy' }]);

interface CallNote {
  readonly step?: Partial<Step>;
  readonly prompt?: readonly unknown[];
  readonly says?: string;
  readonly asks?: readonly (readonly [id: string, name: string, given: unknown])[];
  readonly tokens?: { readonly read?: bigint; readonly write?: bigint; readonly uncached: bigint };
  readonly outputTokens?: bigint;
}

/** A call of a model; without `prompt` its content was not recorded. */
export function call(n: number, amountPico: bigint | null, note: CallNote = {}): Act {
  const { read = 0n, write = 0n, uncached } = note.tokens ?? { uncached: 1n };
  const usage: Usage = {
    tokens: { in_uncached: uncached, cache_read: read, cache_write_5m: write },
    units: {},
  };
  const step = stepOf(n, {
    kind: 'model_call',
    role: 'leaf',
    modelRequest: 'm',
    usage,
    usageState: 'reported',
    ...note.step,
  });
  return {
    run: {
      step,
      amountPico,
      chargePico: amountPico ?? 0n,
      bill: amountPico === null ? null : { tokens: { read, write, uncached }, prices: PRICES },
      outputTokens: note.outputTokens ?? 0n,
      outputPico: 0n,
    },
    parts: note.prompt === undefined ? [] : contentOf(note, note.prompt),
  };
}

function contentOf({ says = '', asks = [] }: CallNote, prompt: readonly unknown[]): ContentFact[] {
  const calls = asks.map(([id, name, given]) => ({
    id,
    function: { name, arguments: JSON.stringify(given) },
  }));
  return [
    part('input.messages', prompt),
    part('tool.definitions', TOOLS),
    part('output.messages', [{ role: 'assistant', content: says, tool_calls: calls }]),
  ];
}

/** A tool that was called; without `given` and `result` its content was not recorded. */
export function tool(
  n: number,
  name: string,
  more: {
    readonly step?: Partial<Step>;
    readonly id?: string;
    readonly given?: unknown;
    readonly result?: string;
    readonly feePico?: bigint;
  } = {},
): Act {
  const amountPico = more.feePico ?? 0n;
  return {
    run: {
      step: stepOf(n, { kind: 'tool_call', tool: { name, callId: more.id ?? null }, ...more.step }),
      amountPico,
      chargePico: amountPico,
      bill: null,
      outputTokens: 0n,
      outputPico: 0n,
    },
    parts: [
      ...(more.given === undefined ? [] : [part('tool.arguments', more.given)]),
      ...(more.result === undefined ? [] : [part('tool.result', more.result)]),
    ],
  };
}

/** A retrieval and its documents. */
export function retrieval(n: number, documents: readonly string[], step: Partial<Step> = {}): Act {
  const made = tool(n, 'retrieve', { step: { kind: 'retrieval', tool: null, ...step } });
  return {
    ...made,
    parts: [
      part(
        'documents',
        documents.map((content, id) => ({ id: `d${id}`, content })),
      ),
    ],
  };
}

/** A run that bought an outcome, unless it is said otherwise. */
export function runOf(acts: readonly Act[], more: Partial<RunFacts> = {}): RunFacts {
  const parts = new Map(acts.map((act) => [act.run.step.spanId, act.parts]));
  const contents: ContentFacts = { of: (_, spanId) => parts.get(spanId) ?? [] };
  return {
    steps: acts.map(({ run }) => run),
    isAchieved: true,
    isLinked: true,
    outcomeAtUs: null,
    reading: readTraceContent(
      acts.map(({ run }) => run.step),
      contents,
    ),
    policy: SHIPPED_WASTE_POLICY,
    ...more,
  };
}
