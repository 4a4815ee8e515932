import { Query, type Connection } from 'pg';

const COPY_DATA = 0x64;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);
/**
 * Bytes of one CopyData message. The server reads a message whole before it parses a row: larger ones only cost it
 * memory and cache, smaller ones cost us writes.
 */
const MESSAGE_BYTES = 256 * 1024;

/**
 * `COPY ... FROM STDIN` of rows that are already encoded. Everything is written at once, without waiting for the
 * server's CopyInResponse, so that statements after it can be on their way too (pg's `pipeline`); a server that
 * refuses the COPY skips the data, as the protocol demands of it.
 *
 * The chunks must stay unchanged until the query is settled.
 */
export class CopyRows extends Query {
  constructor(
    private readonly sql: string,
    private readonly chunks: readonly Uint8Array[],
    done: (error: Error | undefined) => void,
  ) {
    super(sql, done);
  }

  override submit = (connection: Connection): void => {
    const { stream } = connection;
    stream.cork();
    connection.query(this.sql);
    for (const chunk of this.chunks)
      for (let start = 0; start < chunk.length; start += MESSAGE_BYTES) {
        const message = chunk.subarray(start, start + MESSAGE_BYTES);
        const header = Buffer.allocUnsafe(5);
        header[0] = COPY_DATA;
        header.writeUInt32BE(message.length + 4, 1);
        stream.write(header);
        stream.write(message);
      }
    stream.write(COPY_DONE);
    stream.uncork();
  };

  /** pg's own answer to this message is CopyFail. */
  handleCopyInResponse(): void {}
}
