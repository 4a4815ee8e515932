import {
  commitment,
  contentAddress,
  decryptContent,
  saltOf,
  type BundleReceiver,
  type SubjectKeys,
} from '#evidence';
import type { Step, StepCommitments, TraceId } from '#model';
import {
  readContentRows,
  readLeavesAbout,
  type Client,
  type ContentRow,
  type KeyStore,
  type StoredSpan,
} from '#store';
import { identityOf, parseStep } from '#trails';

/**
 * Opens what steps commit to: their personal members always, as the API shows them to every auditor; their content and
 * received bytes where the grant says so. What cannot be opened is listed with the reason.
 */
export class StepOpenings {
  private erasures: ReadonlyMap<string, number> | null = null;

  constructor(
    private readonly client: Client,
    private readonly tenantId: bigint,
    private readonly keys: KeyStore,
    private readonly size: number,
    private readonly withContent: boolean,
    private readonly to: Pick<BundleReceiver, 'opened' | 'closed'>,
  ) {}

  /** @param records as they are stored @param received the spans of the revision */
  async addTrace(
    traceId: TraceId,
    leaf: number,
    records: readonly string[],
    received: readonly Pick<StoredSpan, 'spanId' | 'bytes'>[],
  ): Promise<void> {
    const steps = records.map((record) => ({ record, step: parseStep(record) }));
    const committed = steps.flatMap(({ record, step }) =>
      step.commitments === undefined ? [] : [{ record, step, commitments: step.commitments }],
    );
    if (committed.length === 0) return;
    if (!this.withContent) this.to.closed({ leaf, field: 'contents', reason: 'not_asked', by: null });
    const subjects = new Set(committed.map(({ commitments }) => commitments.subject));
    const keys = await this.keys.keysOf(this.tenantId, subjects);
    const rows = this.withContent ? await readContentRows(this.client, this.tenantId, [traceId]) : [];
    for (const { record, step, commitments } of committed) {
      const own = keys.get(commitments.subject);
      await this.open({ leaf, step, own, commitments }, 'identity', commitments.identity, () =>
        Buffer.from(identityOf(record)),
      );
      if (!this.withContent) continue;
      await this.open({ leaf, step, own, commitments }, 'span', commitments.span, () =>
        bytesOf(step, received),
      );
      for (const [part, hash] of Object.entries(commitments.parts))
        await this.open({ leaf, step, own, commitments }, part, hash, (keysOfStep, address) =>
          contentOf(rows, step, part, keysOfStep, address),
        );
    }
  }

  private async open(
    { leaf, step, own, commitments }: Committed,
    part: string,
    hash: string,
    read: (own: SubjectKeys, address: string) => Buffer | null,
  ): Promise<void> {
    const field = `step ${step.spanId}@${step.startedAtNs}/${part}`;
    if (own === undefined) {
      const by = (await this.readErasures()).get(commitments.subject) ?? null;
      this.to.closed({ leaf, field, reason: 'erased', by });
      return;
    }
    const address = contentAddress(this.tenantId, step.traceId, step.spanId, step.startedAtNs / 1000n);
    const salt = saltOf(own, address, part);
    const content = read(own, address);
    if (content === null || commitment(salt, content).toString('base64') !== hash)
      this.to.closed({ leaf, field, reason: 'not_kept', by: null });
    else await this.to.opened({ leaf, field, salt, content });
  }

  /** Leaf of the erasure of each subject that one below the size names. */
  private async readErasures(): Promise<ReadonlyMap<string, number>> {
    if (this.erasures !== null) return this.erasures;
    const wanted = { kinds: ['erasure'], subjectIds: [], indexes: [] };
    const erasures = new Map<string, number>();
    for (const { index, entry } of await readLeavesAbout(this.client, this.tenantId, wanted, this.size)) {
      const { subjects }: { readonly subjects?: readonly string[] } = JSON.parse(entry.toString());
      for (const subject of subjects ?? []) erasures.set(subject, index);
    }
    return (this.erasures = erasures);
  }
}

interface Committed {
  readonly leaf: number;
  readonly step: Step;
  /** Undefined where they were destroyed. */
  readonly own: SubjectKeys | undefined;
  readonly commitments: StepCommitments;
}

/** Received bytes, as far as they are kept; what was cut since is not what was hashed. */
const bytesOf = (step: Step, received: readonly Pick<StoredSpan, 'spanId' | 'bytes'>[]): Buffer | null =>
  received.find(({ spanId }) => spanId === step.spanId)?.bytes ?? null;

function contentOf(
  rows: readonly ContentRow[],
  step: Step,
  part: string,
  own: SubjectKeys,
  address: string,
): Buffer | null {
  const row = rows.find(
    (each) =>
      each.spanId === step.spanId && each.part === part && each.startedAtUs === step.startedAtNs / 1000n,
  );
  return row === undefined ? null : decryptContent(own, `${address}/${part}`, row.sealed);
}
