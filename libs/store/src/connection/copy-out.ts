import { Unavailable } from '#model';
import { Query } from 'pg';
import { BinaryRow } from './binary-row.ts';
import type { Client, Database } from './database.ts';
import { asUnavailable } from './unavailable.ts';

/** `PGCOPY\n\377\r\n\0`, flags, and the length of an extension that there is none of yet. */
const HEADER_BYTES = 19;
const SLAB_BYTES = 256 * 1024;

/**
 * The rows of a query in binary form. The driver asks for text, in which a bytea has twice its size, is made into
 * digits by the server and back into bytes here, each in a buffer of its own.
 *
 * @param query without parameters: COPY takes none
 * @param onRow called with the rows in their order; the row is another one after it
 * @throws Unavailable where the server cannot be reached; what `onRow` throws, once all rows have come
 */
export async function copyOut(
  db: Database | Client,
  query: string,
  onRow: (row: BinaryRow) => void,
): Promise<void> {
  if (!('pool' in db)) return copyBy(db, query, onRow);
  if (db.outer !== undefined) return copyBy(db.outer, query, onRow);
  const client = await db.pool.connect().catch((error: unknown) => {
    throw asUnavailable(error);
  });
  // A connection that breaks rejects the running query; without a listener it would also end the process.
  const ignore = () => {};
  client.on('error', ignore);
  let isBroken = false;
  try {
    await copyBy(client, query, onRow);
  } catch (error) {
    isBroken = error instanceof Unavailable;
    throw error;
  } finally {
    client.removeListener('error', ignore);
    client.release(isBroken);
  }
}

async function copyBy(client: Client, query: string, onRow: (row: BinaryRow) => void): Promise<void> {
  const failure = await new Promise<CopyOut['failure']>((resolve, reject) => {
    const copy: CopyOut = new CopyOut(`COPY (${query}) TO STDOUT (FORMAT binary)`, onRow, (error) => {
      if (error === undefined || error === null) resolve(copy.failure);
      else reject(error);
    });
    client.query(copy);
  }).catch((error: unknown) => {
    throw asUnavailable(error);
  });
  if (failure !== null) throw failure.error;
}

class CopyOut extends Query {
  failure: { readonly error: unknown } | null = null;
  private readonly row = new BinaryRow();
  private slab: Buffer = Buffer.alloc(0);
  private used = 0;
  private isBegun = false;

  constructor(
    sql: string,
    private readonly onRow: (row: BinaryRow) => void,
    done: (error: Error | null | undefined) => void,
  ) {
    super(sql, done);
  }

  /** One row a message, the header before the first (PostgreSQL's manual, "COPY Operations"). */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (this.failure !== null) return;
    try {
      const message = this.keep(chunk);
      const start = this.isBegun ? 0 : HEADER_BYTES;
      this.isBegun = true;
      if (start < message.length && this.row.moveTo(message, start)) this.onRow(this.row);
    } catch (error) {
      // Thrown from here it would end the process; the rows that follow still have to be taken.
      this.failure = { error };
    }
  }

  /** A copy: the driver reads on into the memory that the message is a part of. */
  private keep(chunk: Buffer): Buffer {
    if (this.used + chunk.length > this.slab.length) {
      this.slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, chunk.length));
      this.used = 0;
    }
    const start = this.used;
    this.used += chunk.copy(this.slab, start);
    return this.slab.subarray(start, this.used);
  }
}
