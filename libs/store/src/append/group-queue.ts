import { SpanRows } from '#otlp';
import type { GroupEntry, SpanGroup } from './span-group.ts';

/** Spare buffers that are kept; more are made when more groups wait. */
const SPARE_BUFFERS = 3;
const MIB = 1024 * 1024;

/** The open group, the full ones that wait for a connection, and what all accepted requests hold together. */
export class GroupQueue {
  private readonly full: SpanGroup[] = [];
  private readonly spare: SpanRows[] = [];
  private current: SpanGroup | null = null;
  private heldRequests = 0;
  private heldBytes = 0;

  constructor(private readonly groupBytes: number) {}

  /** Requests that are in a group, those being committed included. */
  get requests(): number {
    return this.heldRequests;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  /** The group that the next request is read into. */
  open(): SpanGroup {
    this.current ??= {
      rows: this.spare.pop() ?? new SpanRows(this.groupBytes + MIB),
      entries: [],
      traces: new Map(),
      days: new Set(),
    };
    return this.current;
  }

  /** Adds a request that was read into the open group; a group that is full by it waits for a connection. */
  add(entry: GroupEntry): void {
    const group = this.open();
    group.entries.push(entry);
    this.heldRequests += 1;
    this.heldBytes += heldBytes(entry);
    if (group.rows.byteLength < this.groupBytes) return;
    this.full.push(group);
    this.current = null;
  }

  /** The next group to commit, oldest first; null when nobody waits. */
  take(): SpanGroup | null {
    const full = this.full.shift();
    if (full !== undefined) return full;
    const group = this.current;
    if (group === null || group.entries.length === 0) return null;
    this.current = null;
    return group;
  }

  /** Ends a group whose requests are answered. */
  release(group: SpanGroup, isBufferFree: boolean): void {
    this.heldRequests -= group.entries.length;
    for (const entry of group.entries) this.heldBytes -= heldBytes(entry);
    // One huge request must not make the process big for ever.
    const isUsual = group.rows.byteLength <= 2 * this.groupBytes;
    if (!isBufferFree || !isUsual || this.spare.length >= SPARE_BUFFERS) return;
    group.rows.reset();
    this.spare.push(group.rows);
  }
}

function heldBytes(entry: GroupEntry): number {
  return entry.setAside.reduce((sum, row) => sum + (row.bytes?.length ?? 0), entry.rowsEnd - entry.rowsStart);
}
