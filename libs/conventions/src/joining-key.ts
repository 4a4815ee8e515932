import type { Step } from '#model';
import type { JoiningKey } from './step-draft.ts';

/** From this length on a provider's id is unique without the provider's name beside it. */
const UNIQUE_LENGTH = 16;
const KEY_LENGTH_MAX = 256;

/**
 * The keys by which other traces may see the same provider call.
 *
 * Providers give their responses long random ids (`chatcmpl-...`, `msg_...`, `resp_...`, UUIDs): such an id is the key
 * by itself, because two emitters may name the provider differently (`openai` in the application,
 * `azure.ai.openai` at the gateway). A short id could clash, so it is joined only under its provider's first name part
 * (`aws.bedrock` -> `aws`); a short id without a provider is no key.
 */
export function joiningKeys(
  step: Pick<Step, 'responseId' | 'requestId' | 'provider'>,
): readonly JoiningKey[] {
  const response = toKey(step.responseId, step.provider);
  const request = toKey(step.requestId, step.provider);
  if (response === null && request === null) return NONE;
  const keys: JoiningKey[] = [];
  if (response !== null) keys.push({ kind: 'response', key: response });
  if (request !== null) keys.push({ kind: 'request', key: request });
  return keys;
}

const NONE: readonly JoiningKey[] = [];

function toKey(id: string | null, provider: string | null): string | null {
  if (id === null || id === '' || id.length > KEY_LENGTH_MAX) return null;
  if (id.length >= UNIQUE_LENGTH) return id;
  return provider === null ? null : `${provider.split('.', 1)[0]}/${id}`;
}
