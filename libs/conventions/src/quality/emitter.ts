import type { Step } from '#model';
import { toStorable } from '../storable-text.ts';

/** Who wrote a span: what data quality is told apart by. */
export interface Emitter {
  /** Empty where the resource does not say. */
  readonly service: string;
  readonly scope: string;
  readonly scopeVersion: string;
  /** The dialect that read the span, with its version; `none` for spans of no model, agent or tool. */
  readonly dialect: string;
}

const LENGTH_MAX = 255;

/** @returns who wrote the step; long names are cut, and hold no NUL, which PostgreSQL does not store. */
export function emitterOf(
  step: Pick<Step, 'serviceName' | 'scopeName' | 'scopeVersion' | 'dialect'>,
): Emitter {
  return {
    service: bounded(step.serviceName ?? ''),
    scope: bounded(step.scopeName),
    scopeVersion: bounded(step.scopeVersion),
    dialect: step.dialect,
  };
}

function bounded(text: string): string {
  return toStorable(text.length > LENGTH_MAX ? text.slice(0, LENGTH_MAX) : text);
}
