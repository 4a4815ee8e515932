import type { StepKind } from '#model';
import type { Dialect } from '../dialect.ts';
import { countsCacheBesideInput, normaliseProvider } from '../provider.ts';

/** Microsoft Agent Framework: conventions.md 3.8. Its Anthropic and Bedrock clients hand the raw input on. */
const KIND_BY_NAME: readonly (readonly [string, StepKind])[] = [
  ['workflow.', 'workflow'],
  ['executor.process', 'workflow'],
];

export const agentFramework: Dialect = {
  id: 'agent-framework',
  version: 1,
  recognises: (_span, signs) => signs.scopeName.startsWith('agent_framework'),
  read(span, reading) {
    const named = KIND_BY_NAME.find(([prefix]) => span.name.startsWith(prefix));
    if (reading.kind === 'other' && named) reading.kind = named[1];
    const provider = normaliseProvider(reading.provider);
    const isBeside =
      provider !== null && countsCacheBesideInput(provider, reading.modelResponse ?? reading.modelRequest);
    reading.inputHint = isBeside ? 'exclusive' : 'inclusive';
    reading.hintBy = `agent-framework:${provider ?? 'unknown'}`;
  },
};
