import type { Step } from '#model';
import type { JoiningKey, StepDraft } from './step-draft.ts';

/** From this length on an id is unique by itself; Ollama's `chatcmpl-842` is not, and comes again within hours. */
const UNIQUE_LENGTH = 16;
const KEY_LENGTH_MAX = 256;

/**
 * The keys by which other traces may see the same provider call.
 *
 * Providers give their responses long random ids (`chatcmpl-...`, `msg_...`, `resp_...`, UUIDs). Such an id is the key
 * by itself, without the provider, because two emitters may name the provider differently (`openai` in the
 * application, `azure.ai.openai` at the gateway). A short id is no key between traces: it would clash.
 */
export function joiningKeys(
  step: Pick<Step, 'responseId' | 'requestId'> & Partial<Pick<StepDraft, 'promptId'>>,
): readonly JoiningKey[] {
  const keys = keysFrom(step, (id) => id.length >= UNIQUE_LENGTH);
  const { promptId = null } = step;
  if (!isKey(promptId) || promptId.length < UNIQUE_LENGTH) return keys;
  return [...keys, { kind: 'prompt', key: promptId }];
}

/** Short ids: within one trace, between spans that overlap, they name a call well enough. */
export function shortKeys(step: Pick<Step, 'responseId' | 'requestId'>): readonly JoiningKey[] {
  return keysFrom(step, (id) => id.length < UNIQUE_LENGTH);
}

const NONE: readonly JoiningKey[] = [];

function keysFrom(
  { responseId, requestId }: Pick<Step, 'responseId' | 'requestId'>,
  isWanted: (id: string) => boolean,
): readonly JoiningKey[] {
  const isResponse = isKey(responseId) && isWanted(responseId);
  const isRequest = isKey(requestId) && isWanted(requestId);
  if (!isResponse && !isRequest) return NONE;
  const keys: JoiningKey[] = [];
  if (isResponse) keys.push({ kind: 'response', key: responseId });
  if (isRequest) keys.push({ kind: 'request', key: requestId });
  return keys;
}

function isKey(id: string | null): id is string {
  return id !== null && id !== '' && id.length <= KEY_LENGTH_MAX;
}
