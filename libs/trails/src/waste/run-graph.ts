import { compare } from '../fold/compare.ts';
import type { RunFacts, RunStep } from './run-facts.ts';
import type { PromptPart, StepReading } from './trace-reading.ts';

/** Who asked for what in a run: calls of models, the tools and retrievals they asked for, and where parts come from. */
export class RunGraph {
  /** Calls that are billed, in time. */
  readonly calls: readonly RunStep[];
  /** Tool calls and retrievals, in time. */
  readonly tools: readonly RunStep[];
  private readonly issuers = new Map<RunStep, RunStep>();
  private readonly issuedBy = new Map<RunStep, RunStep[]>();
  private readonly byCallId = new Map<string, RunStep>();
  /** Each list in time. */
  private readonly byResult = new Map<number, RunStep[]>();
  private readonly byOutput = new Map<number, RunStep[]>();
  private readonly byDocument = new Map<number, RunStep[]>();
  private readonly byModel = new Map<string, RunStep[]>();
  private readonly placeInModel = new Map<RunStep, number>();
  private readonly whole = new Set<RunStep>();

  constructor(private readonly facts: RunFacts) {
    const steps = [...facts.steps].sort(
      ({ step: a }, { step: b }) =>
        compare(a.startedAtNs, b.startedAtNs) ||
        compare(a.endedAtNs, b.endedAtNs) ||
        compare(a.spanId, b.spanId),
    );
    this.calls = steps.filter(({ step }) => step.kind === 'model_call' && step.role === 'leaf');
    this.tools = steps.filter(({ step }) => step.kind === 'tool_call' || step.kind === 'retrieval');
    const askers = this.askersById();
    for (const tool of this.tools) {
      const callId = tool.step.tool?.callId ?? null;
      if (callId !== null) this.byCallId.set(callId, tool);
      const issuer = (callId === null ? undefined : askers.get(callId)) ?? this.callBefore(tool);
      if (issuer === undefined) continue;
      this.issuers.set(tool, issuer);
      push(this.issuedBy, issuer, tool);
    }
    this.indexContent();
  }

  private indexContent(): void {
    for (const tool of this.tools) {
      const { result, documents } = this.readingOf(tool);
      if (result !== undefined) push(this.byResult, result.same, tool);
      for (const { same } of documents ?? []) push(this.byDocument, same, tool);
    }
    for (const call of this.calls) {
      const { output } = this.readingOf(call);
      if (output !== undefined) push(this.byOutput, output.same, call);
      push(this.byModel, modelOf(call), call);
      this.placeInModel.set(call, this.byModel.get(modelOf(call))!.length - 1);
      if (this.isReadWhole(call)) this.whole.add(call);
    }
  }

  readingOf({ step }: RunStep): StepReading {
    return this.facts.reading.steps[step.spanId] ?? {};
  }

  /** The call that asked for a tool; null where none did. */
  issuerOf(tool: RunStep): RunStep | null {
    return this.issuers.get(tool) ?? null;
  }

  issued(call: RunStep): readonly RunStep[] {
    return this.issuedBy.get(call) ?? [];
  }

  /** The issuing call where the tool was the only thing it asked for. */
  onlyIssuerOf(tool: RunStep): RunStep | null {
    const issuer = this.issuerOf(tool);
    if (issuer === null) return null;
    const asked = this.readingOf(issuer).output?.calls.length ?? 0;
    return Math.max(asked, this.issued(issuer).length) === 1 ? issuer : null;
  }

  /** The steps that a part of a prompt comes from, of those that began before the call. */
  producersOf(part: PromptPart, call: RunStep): readonly RunStep[] {
    const answered = part.answers === undefined ? undefined : this.byCallId.get(part.answers);
    const isBefore = (other: RunStep): boolean =>
      other !== call && other.step.startedAtNs <= call.step.startedAtNs;
    const found = answered === undefined ? [] : [answered];
    if (answered === undefined && part.kind !== 'assistant')
      found.push(...(this.byResult.get(part.same) ?? []).filter(isBefore).slice(0, 1));
    if (part.kind === 'assistant')
      found.push(...(this.byOutput.get(part.same) ?? []).filter(isBefore).slice(-1));
    for (const { same, use } of part.documents ?? [])
      if (use > 0) found.push(...(this.byDocument.get(same) ?? []).filter(isBefore));
    return found;
  }

  /** Whether all of the prompt and the answer of a call were read: parts may be given a share of its bill then. */
  isWhole(call: RunStep): boolean {
    return this.whole.has(call);
  }

  /** Calls of the same model that began before this one, the nearest at the end; not more than a few of them. */
  callsBefore(call: RunStep): readonly RunStep[] {
    const place = this.placeInModel.get(call)!;
    return this.byModel.get(modelOf(call))!.slice(Math.max(0, place - CALLS_LOOKED_BACK), place);
  }

  private isReadWhole(call: RunStep): boolean {
    const { prompt, output } = this.readingOf(call);
    if (prompt === undefined || output === undefined || call.bill === null) return false;
    const { read, write, uncached } = call.bill.tokens;
    const bytes = prompt.reduce((sum, part) => sum + part.bytes, 0);
    // A token is hardly ever less than two bytes: with fewer, something was not recorded.
    if (BigInt(bytes) < FEWEST_BYTES_A_TOKEN * (read + write + uncached)) return false;
    // Who calls tools was told of them.
    return (
      this.issued(call).length + output.calls.length === 0 || prompt.some(({ kind }) => kind === 'tools')
    );
  }

  private askersById(): Map<string, RunStep> {
    const askers = new Map<string, RunStep>();
    for (const call of this.calls)
      for (const { id } of this.readingOf(call).output?.calls ?? [])
        if (id !== null && !askers.has(id)) askers.set(id, call);
    return askers;
  }

  /** The call it stands in, else the last one that ended before it began, of the same parent where there is one. */
  private callBefore({ step }: RunStep): RunStep | undefined {
    const above = this.calls.find((call) => call.step.spanId === step.parentSpanId);
    if (above !== undefined) return above;
    const siblings = this.calls.filter((call) => call.step.parentSpanId === step.parentSpanId);
    const candidates = siblings.length > 0 ? siblings : this.calls;
    let latest: RunStep | undefined;
    for (const call of candidates)
      if (
        call.step.endedAtNs <= step.startedAtNs &&
        (latest === undefined || call.step.endedAtNs >= latest.step.endedAtNs)
      )
        latest = call;
    return latest;
  }
}

const FEWEST_BYTES_A_TOKEN = 2n;
const CALLS_LOOKED_BACK = 16;

function push<Key>(map: Map<Key, RunStep[]>, key: Key, step: RunStep): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [step]);
  else list.push(step);
}

/** Who a step was done by, as far as its own span says it. */
export const actorOf = ({ step }: RunStep): string => step.agentName ?? step.parentSpanId ?? '';

export const modelOf = ({ step }: RunStep): string => step.modelResponse ?? step.modelRequest ?? '';

/** Input tokens of a call; null where they are not known. */
export function inputTokensOf({ step }: RunStep): bigint | null {
  if (step.usage === null || step.usageState === 'rejected') return null;
  const { tokens } = step.usage;
  return INPUT_BUCKETS.reduce((sum, bucket) => sum + (tokens[bucket] ?? 0n), 0n);
}

const INPUT_BUCKETS = [
  'in_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_unk',
  'audio_in',
  'image_in',
  'audio_cache_read',
] as const;
