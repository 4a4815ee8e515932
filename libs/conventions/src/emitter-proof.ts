import type { TokenBucket, Usage } from '#model';
import type { StepDraft } from './step-draft.ts';

/**
 * One span can prove for all of its emitter's spans whether their input contains the cache (methods.md 0.2): an
 * emitter does not change its mind between two calls. Resolves the ambiguous spans (rule A1.7) of such emitters; an
 * emitter that proved both, or nothing, stays as it is.
 *
 * @returns the drafts in their order, the resolved ones replaced
 */
export function settleByEmitter(drafts: readonly StepDraft[]): readonly StepDraft[] {
  if (!drafts.some((draft) => draft.usageSemantics?.input === 'ambiguous')) return drafts;
  const proofs = new Map<string, Set<string>>();
  for (const draft of drafts) {
    const rule = draft.usageSemantics?.rule;
    if (rule !== 'A1.3' && rule !== 'A1.4' && rule !== 'A1.5') continue;
    const emitter = emitterOf(draft);
    proofs.set(emitter, (proofs.get(emitter) ?? new Set()).add(draft.usageSemantics!.input));
  }
  return drafts.map((draft) => {
    const proof = proofs.get(emitterOf(draft));
    if (draft.usageSemantics?.rule !== 'A1.7' || !draft.usage || proof?.size !== 1) return draft;
    const isExclusive = proof.has('exclusive');
    return {
      ...draft,
      usage: isExclusive ? withCacheBesideInput(draft.usage) : draft.usage,
      usageSemantics: { input: isExclusive ? 'exclusive' : 'inclusive', rule: 'A1.emitter' },
      flags: draft.flags.filter((flag) => flag !== 'ambiguous_input'),
    };
  });
}

function emitterOf(draft: StepDraft): string {
  return JSON.stringify([
    draft.serviceName,
    draft.scopeName,
    draft.scopeVersion,
    draft.dialect,
    draft.provider,
  ]);
}

const CACHE: readonly TokenBucket[] = [
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write_unk',
  'audio_cache_read',
];

/** Undoes the subtraction that reading the input as inclusive made. */
function withCacheBesideInput(usage: Usage): Usage {
  let input = usage.tokens.in_uncached ?? 0n;
  for (const bucket of CACHE) input += usage.tokens[bucket] ?? 0n;
  return { ...usage, tokens: { ...usage.tokens, in_uncached: input } };
}
