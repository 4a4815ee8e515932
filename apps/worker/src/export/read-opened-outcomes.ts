import { canonicalJson, commitment, type BundleReceiver } from '#evidence';
import type { Ref } from '#model';
import { readLeavesAbout, readOutcomesToOpen, type Client, type OutcomeToOpen } from '#store';

const ITEMS_PER_READ = 100;

/**
 * Opens the outcome events of the work items: the event as its source sent it. What the business system sent is no
 * content of agents; it is opened without a grant, as the API shows it to every auditor.
 *
 * @returns places of their leaves
 */
export async function readOpenedOutcomes(
  client: Client,
  tenantId: bigint,
  refs: readonly Ref[],
  size: number,
  to: BundleReceiver,
): Promise<number[]> {
  const told: number[] = [];
  for (let at = 0; at < refs.length; at += ITEMS_PER_READ) {
    const events = await readOutcomesToOpen(client, tenantId, refs.slice(at, at + ITEMS_PER_READ), size);
    const indexes = events.map(({ leafIndex }) => leafIndex);
    const leaves = await readLeavesAbout(client, tenantId, { kinds: [], subjectIds: [], indexes }, size);
    const committed = new Map(leaves.map(({ index, entry }) => [index, commitmentIn(entry)]));
    for (const event of events) {
      const leaf = event.leafIndex;
      const expected = committed.get(leaf);
      // Recorded by the service itself, as an expiry is: it commits to no content.
      if (expected === null || expected === undefined) continue;
      told.push(leaf);
      const content = contentOf(event);
      if (event.salt !== null && commitment(event.salt, content).equals(expected))
        await to.opened({ leaf, field: 'outcome', salt: event.salt, content });
      else to.closed({ leaf, field: 'outcome', reason: 'not_kept', by: null });
    }
  }
  return told;
}

function commitmentIn(entry: Buffer): Buffer | null {
  const { content }: { readonly content?: string } = JSON.parse(entry.toString());
  return content === undefined ? null : Buffer.from(content, 'base64');
}

type Attributes = {
  readonly data?: Parameters<typeof canonicalJson>[0];
  readonly extensions?: Parameters<typeof canonicalJson>[0];
  readonly time?: string;
  readonly subject?: string;
};

/** The event as it was committed to; without the text of its time, which older rows did not keep, it cannot be. */
function contentOf(event: OutcomeToOpen): Buffer {
  const attributes = (event.attributes ?? {}) as Attributes;
  return Buffer.from(
    canonicalJson({
      id: event.eventId,
      source: event.source,
      type: event.type,
      subject: attributes.subject ?? event.subject,
      time: attributes.time ?? null,
      sequence: event.sequence,
      data: attributes.data ?? null,
      extensions: attributes.extensions ?? {},
    }),
  );
}
