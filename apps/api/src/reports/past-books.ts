import { formatTimeUs, readRoot } from '#evidence';
import { endDayOf } from '#ledger';
import { RejectedInput } from '#model';
import {
  nodeReader,
  readPeriods,
  readReadableSizes,
  readSealedAtUs,
  readSettledSize,
  readSizeAt,
  type Client,
} from '#store';

/** The size of the log that a question about the past is answered at. */
export interface PastBooks {
  readonly size: number;
  /** RFC 6962 root of the log of that size. */
  readonly root: Buffer;
  /** When its newest leaf was sealed: the clock of the answer, whenever it is asked for. */
  readonly sealedAtUs: bigint;
}

export interface PastQuestion {
  readonly as_of?: bigint | undefined;
  readonly size?: number | undefined;
  readonly basis?: 'restated' | 'reported' | undefined;
  readonly to?: string | undefined;
}

/**
 * Finds the size of the log that `size` or `as_of` asks for; null = the books as they stand. A size between the
 * opening and the closing leaf of a cause is no answer: half of a rule is worked through there. `as_of` takes the
 * newest settled size whose leaves were all sealed by then; `basis=reported` the size at the close of the last month.
 *
 * @throws RejectedInput `unprocessable` naming the parameter, for a past that is not known or not settled
 */
export async function pastBooks(
  client: Client,
  tenantId: bigint,
  question: PastQuestion,
): Promise<PastBooks | null> {
  const closed = question.basis === 'reported' ? await closedSize(client, tenantId, question.to) : null;
  if (question.size === undefined && question.as_of === undefined && closed === null) return null;
  const size =
    closed ??
    (question.size === undefined
      ? await sizeAsOf(client, tenantId, question.as_of!)
      : await settledSize(client, tenantId, question.size));
  return {
    size,
    root: await readRoot(nodeReader(client, tenantId), size),
    sealedAtUs: await readSealedAtUs(client, tenantId, size),
  };
}

async function settledSize(client: Client, tenantId: bigint, size: number): Promise<number> {
  const { fromSize, toSize } = await readReadableSizes(client, tenantId);
  const least = Math.max(fromSize, 1);
  if (size < least || size > toSize)
    throw new RejectedInput(
      'unprocessable',
      toSize < least
        ? 'no checkpoint of this log can be read yet'
        : `must be from ${least} to ${toSize}, the size of the newest checkpoint`,
      'size',
    );
  const settled = await readSettledSize(client, tenantId, size);
  if (settled !== size)
    throw new RejectedInput(
      'unprocessable',
      `a rule was half worked through at this size; the settled size before it is ${settled}`,
      'size',
    );
  return size;
}

async function sizeAsOf(client: Client, tenantId: bigint, atUs: bigint): Promise<number> {
  const { fromSize, toSize } = await readReadableSizes(client, tenantId);
  const size = await readSettledSize(client, tenantId, await readSizeAt(client, tenantId, toSize, atUs));
  if (size < Math.max(fromSize, 1))
    throw new RejectedInput(
      'unprocessable',
      `nothing that can be read was sealed and settled at or before ${formatTimeUs(atUs)}`,
      'as_of',
    );
  return size;
}

/** As reported: the size at which the month that ends before `to` was closed. */
async function closedSize(client: Client, tenantId: bigint, to: string | undefined): Promise<number> {
  const closed = (await readPeriods(client, tenantId)).find(({ period }) => endDayOf(period) === to);
  if (closed?.size === undefined || closed.size === null)
    throw new RejectedInput('unprocessable', `no closed month ends before ${to}`, 'to');
  return closed.size;
}
