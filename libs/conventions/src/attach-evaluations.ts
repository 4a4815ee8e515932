import type { StepDraft } from './step-draft.ts';

/**
 * The result of an evaluation stands under the step it judges (conventions.md 3.1): made inside of its span, it does so
 * already; else it names the provider's response.
 *
 * @returns the drafts in their order, results that name a call of the trace put under it
 */
export function attachEvaluations(drafts: readonly StepDraft[]): readonly StepDraft[] {
  const isLoose = (draft: StepDraft): boolean =>
    draft.evaluation !== null && draft.parentSpanId === null && draft.responseId !== null;
  if (!drafts.some(isLoose)) return drafts;
  const callOf = new Map<string, StepDraft>();
  for (const draft of drafts) {
    if (draft.stance !== 'call' || draft.responseId === null) continue;
    const known = callOf.get(draft.responseId);
    if (known === undefined || (known.isLog && !draft.isLog)) callOf.set(draft.responseId, draft);
  }
  return drafts.map((draft) => {
    const judged = isLoose(draft) ? callOf.get(draft.responseId!) : undefined;
    return judged === undefined ? draft : { ...draft, parentSpanId: judged.spanId };
  });
}
