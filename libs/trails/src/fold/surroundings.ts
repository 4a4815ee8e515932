import type { Step } from '#model';
import type { StepEntry, Trail } from './fold-trail.ts';

/** What stands above steps in their trace. */
export class Surroundings {
  private readonly byId = new Map<string, StepEntry>();

  constructor({ entries }: Trail) {
    for (const entry of entries) if (entry.type === 'step') this.byId.set(addressOf(entry.fact.step), entry);
  }

  at(traceId: string, spanId: string): StepEntry | undefined {
    return this.byId.get(`${traceId} ${spanId}`);
  }

  parentOf({ traceId, parentSpanId }: Step): StepEntry | undefined {
    return parentSpanId === null ? undefined : this.byId.get(`${traceId} ${parentSpanId}`);
  }

  /** The agent that a step was done by: its own name, else that of the nearest agent above it. */
  agentOf(step: Step): string | null {
    if (step.agentName !== null) return step.agentName;
    return this.agentAbove(step);
  }

  /** The nearest other agent above a step that is an agent itself: who handed over to it. */
  handedOverBy(step: Step): string | null {
    if (step.kind !== 'agent' || step.agentName === null) return null;
    const above = this.agentAbove(step);
    return above === step.agentName ? null : above;
  }

  private agentAbove(step: Step): string | null {
    const seen = new Set<StepEntry>();
    for (let at = this.parentOf(step); at !== undefined && !seen.has(at); at = this.parentOf(at.fact.step)) {
      seen.add(at);
      if (at.fact.step.agentName !== null) return at.fact.step.agentName;
    }
    return null;
  }
}

const addressOf = ({ traceId, spanId }: Step): string => `${traceId} ${spanId}`;
