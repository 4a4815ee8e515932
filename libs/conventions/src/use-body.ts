import type { AttributeValue } from '#model';
import { toBlobMap } from './blob.ts';
import type { Reading } from './dialect.ts';
import type { UsageFlavor } from './provider-shapes.ts';
import { usageFromProviderBody } from './provider-body.ts';

/**
 * Takes the provider's own usage body, where a span carries one, before anything the emitter derived from it (rule
 * A1.1). What the body leaves out (an output that the emitter keeps elsewhere) is taken from the counts.
 *
 * @returns whether the body held a usage
 */
export function useBody(
  reading: Reading,
  flavor: UsageFlavor | null,
  value: AttributeValue | undefined,
): boolean {
  const body = value === undefined ? null : toBlobMap(value);
  const found = body && usageFromProviderBody(flavor, body);
  if (!found || found.usage === null) return false;
  const { output } = reading.counts;
  const lacksOutput = found.state === 'partial' && found.usage.tokens.out_text === undefined;
  reading.settled =
    lacksOutput && output !== null
      ? {
          usage: { ...found.usage, tokens: { ...found.usage.tokens, out_text: output } },
          state: 'reported',
          semantics: found.semantics,
        }
      : { usage: found.usage, state: found.state, semantics: found.semantics };
  reading.serviceTier ??= found.serviceTier;
  for (const flag of found.flags) reading.flags.add(flag);
  return true;
}
