import { randomFillSync } from 'node:crypto';
import { readContent } from '#conventions';
import { commitmentText, contentAddress, encryptContent, saltOf, type SubjectKeys } from '#evidence';
import { toRef, type Step, type StepCommitments } from '#model';
import { subjectsOf, type Client, type ContentRow, type KeyStore } from '#store';
import type { ReceivedSpan } from './read-spans.ts';

/** What is committed to of a step, and its encrypted content. */
export interface SealedStep {
  readonly commitments: StepCommitments;
  readonly contents: readonly ContentRow[];
}

/** Commits to steps and encrypts their content, with the keys that were asked for beforehand. */
export interface StepSealer {
  /** @returns null where the key of the step's subject was destroyed: nothing of it is kept then */
  seal(step: Step, received: ReceivedSpan, identity: string): SealedStep | null;
  /** The commitment to other personal members of a step that is sealed already; null as above. */
  identity(commitments: StepCommitments, step: Step, identity: string): string | null;
}

/**
 * Whom a step's content is about: the work item that it names itself, else its trace. What was found in content names
 * nobody: it may be wrong.
 */
function namedBy(tenantId: bigint, step: Step): string | null {
  const named = step.workItemKeys.find(({ tier }) => tier === 'E1' || tier === 'E2');
  return named === undefined ? null : toRef(named.kind, tenantId, named.key);
}

/** Reads the keys of all subjects that these steps are about, in the transaction that stores the steps. */
export async function prepareSealing(
  client: Client,
  keys: KeyStore,
  tenantId: bigint,
  steps: readonly Step[],
): Promise<StepSealer> {
  const refs = new Set(steps.flatMap((step) => namedBy(tenantId, step) ?? []));
  const subjects = await subjectsOf(client, tenantId, [...refs]);
  const subjectOf = (step: Step): string => {
    const ref = namedBy(tenantId, step);
    return (ref === null ? undefined : subjects.get(ref)) ?? uuidOf(step.traceId);
  };
  const ids = steps.flatMap((step) => [subjectOf(step), step.commitments?.subject ?? []].flat());
  const known = await keys.keysOf(tenantId, new Set(ids));
  return {
    seal: (step, received, identity) => {
      const subject = subjectOf(step);
      const own = known.get(subject);
      return own === undefined ? null : sealStep(tenantId, subject, own, step, received, identity);
    },
    identity: ({ subject }, step, identity) => {
      const own = known.get(subject);
      return own === undefined
        ? null
        : commit(own, addressOf(tenantId, step), 'identity', Buffer.from(identity));
    },
  };
}

const NONCE_BYTES = 12;

/** Random nonces, asked for by the hundred: one call of the random generator costs as much as the encryption. */
class Nonces {
  private readonly bytes = Buffer.alloc(128 * NONCE_BYTES);
  private at = this.bytes.length;

  next(): Uint8Array {
    if (this.at === this.bytes.length) {
      randomFillSync(this.bytes);
      this.at = 0;
    }
    this.at += NONCE_BYTES;
    return this.bytes.subarray(this.at - NONCE_BYTES, this.at);
  }
}

const nonces = new Nonces();

function sealStep(
  tenantId: bigint,
  subjectId: string,
  keys: SubjectKeys,
  step: Step,
  received: ReceivedSpan,
  identity: string,
): SealedStep {
  const address = addressOf(tenantId, step);
  const parts: Record<string, string> = {};
  const contents: ContentRow[] = [];
  for (const { part, mediaType, text, sources } of readContent(received.span, step.kind, received.log)) {
    const bytes = Buffer.from(text);
    parts[part] = commit(keys, address, part, bytes);
    contents.push({
      traceId: step.traceId,
      spanId: step.spanId,
      startedAtUs: step.startedAtNs / 1000n,
      part,
      subjectId,
      mediaType,
      sources,
      sealed: encryptContent(keys, nonces.next(), `${address}/${part}`, bytes),
    });
  }
  // In the order in which they are written.
  const commitments = {
    identity: commit(keys, address, 'identity', Buffer.from(identity)),
    parts,
    span: commit(keys, address, 'span', received.stored.bytes),
    subject: subjectId,
  };
  return { commitments, contents };
}

const commit = (keys: SubjectKeys, address: string, part: string, content: Uint8Array): string =>
  commitmentText(saltOf(keys, address, part), content);

const addressOf = (tenantId: bigint, { traceId, spanId, startedAtNs }: Step): string =>
  contentAddress(tenantId, traceId, spanId, startedAtNs / 1000n);

const uuidOf = (id: string): string =>
  `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
