/**
 * What instrumentations emit -> steps and usage: `readStep(span)` reads one span in the dialect its payload shows,
 * `arbitrate(drafts, others)` decides over a trace which step is billed. Pure: no time, no randomness, no I/O.
 *
 *   readStep(span: Span): StepDraft
 *   arbitrate(drafts: readonly StepDraft[], others: readonly LeafCandidate[]): ArbitratedTrace
 *   joiningKeys(step: Pick<Step, 'responseId' | 'requestId' | 'provider'>): JoiningKey[]
 *   usageFromProviderBody(flavor: UsageFlavor, body: unknown): BodyUsage | null
 */
export type {
  ArbitratedStep,
  ArbitratedTrace,
  JoiningKey,
  LeafCandidate,
  Stance,
  StepDraft,
  Vantage,
} from './step-draft.ts';
