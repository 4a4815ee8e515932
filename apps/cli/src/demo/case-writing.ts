import type { Case, CaseEvent, Intake, ModelCall, PersonTime, Run, ToolUse } from './case.ts';
import type { SeededRandom } from './seeded-random.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** The month the demo plays in; fixed, so that every run sends the same spans. */
const MONTH_BEGINS_MS = Date.UTC(2026, 9, 1);

/** A start within the working hours of the first three weeks: what follows still lies in the month or soon after. */
export function startOfCase(random: SeededRandom): number {
  const day = random.between(0, 20);
  return MONTH_BEGINS_MS + day * DAY_MS + 8 * HOUR_MS + random.between(0, 9 * HOUR_MS);
}

export function chat(
  call: Pick<ModelCall, 'provider' | 'model' | 'inputTokens' | 'outputTokens'> & Partial<ModelCall>,
): ModelCall {
  return {
    cacheReadTokens: 0,
    reasoningTokens: 0,
    error: null,
    ...call,
    action: 'chat',
  };
}

export function tool(
  name: string,
  durationMs: number,
  { error = null, said = null }: Partial<Pick<ToolUse, 'error' | 'said'>> = {},
): ToolUse {
  return { action: 'execute_tool', name, durationMs, error, said };
}

export function retrieval(name: string, durationMs: number): ToolUse {
  return { action: 'retrieval', name, durationMs, error: null, said: null };
}

/** How long a step takes; a model writes about 70 tokens a second. */
export function durationOf(step: ModelCall | ToolUse): number {
  return step.action === 'chat' ? 350 + step.outputTokens * 14 : step.durationMs;
}

export function endOf(run: Run): number {
  return run.steps.reduce((end, step) => end + durationOf(step) + 5, run.startedAtMs + 5);
}

/** Writes down one case in the order of time: each line begins some time after the one before it. */
export class CaseWriter {
  private readonly runs: Run[] = [];
  private readonly events: CaseEvent[] = [];
  private readonly people: PersonTime[] = [];
  private nowMs: number;

  constructor(
    private readonly story: string,
    private readonly kind: Case['kind'],
    private readonly key: string,
    private readonly team: string,
    startedAtMs: number,
  ) {
    this.nowMs = startedAtMs;
  }

  /** The case comes in, before anybody works at it: what is known of it by then. */
  opened(intake: Intake): this {
    return this.event('opened', { intake }).after(MINUTE_MS);
  }

  run(
    steps: readonly (ModelCall | ToolUse)[],
    about: { readonly error?: string; readonly conversationId?: string } = {},
  ): this {
    const run: Run = {
      startedAtMs: this.nowMs,
      steps,
      error: about.error ?? null,
      conversationId: about.conversationId ?? null,
    };
    this.runs.push(run);
    this.nowMs = endOf(run);
    return this;
  }

  after(durationMs: number): this {
    this.nowMs += durationMs;
    return this;
  }

  /** A person works at it for so many minutes, until now. */
  person(minutes: number): this {
    this.people.push({ minutes, atMs: this.nowMs });
    return this;
  }

  event(verb: string, data: CaseEvent['data'] = {}, isLate = false): this {
    this.nowMs += MINUTE_MS;
    this.events.push({ verb, atMs: this.nowMs, data, isLate });
    return this;
  }

  end(): Case {
    const { story, kind, key, runs, events, team, people } = this;
    return { story, kind, key, runs, events, team, people };
  }
}
