import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BundleWriter,
  indexTar,
  type BundleHead,
  type BundleReceiver,
  type OpenedContent,
  type OpenedRead,
  type ProvenEntry,
  type Spool,
  type TraceOfBundle,
  type TrailOfBundle,
} from '#evidence';

/** Where test workers let the parts of bundles wait. */
export const SPOOL_DIR = join(tmpdir(), `outcome-ledger-spool-${process.pid}`);

/** Everything that goes into a bundle, as it was told. */
export interface BundleParts extends BundleHead {
  readonly traces: readonly TraceOfBundle[];
  readonly opened: readonly OpenedContent[];
  readonly redactions: readonly Parameters<BundleReceiver['closed']>[0][];
  readonly journal: readonly string[];
  readonly charges: readonly string[];
  readonly trails: readonly TrailOfBundle[];
  readonly tiles: readonly (readonly [path: string, content: Buffer])[];
  readonly leaves: readonly ProvenEntry[];
  readonly access: { readonly checkpoint: string; readonly size: number } | null;
  readonly reads: readonly OpenedRead[];
}

/** Keeps what it is told, so that a bundle can be made of it with something changed. */
export class RecordedBundle implements BundleReceiver {
  readonly #lists = {
    traces: [] as TraceOfBundle[],
    opened: [] as OpenedContent[],
    redactions: [] as BundleParts['redactions'][number][],
    journal: [] as string[],
    charges: [] as string[],
    trails: [] as TrailOfBundle[],
    tiles: [] as (readonly [string, Buffer])[],
    leaves: [] as ProvenEntry[],
    reads: [] as OpenedRead[],
  };
  #access: BundleParts['access'] = null;

  parts(head: BundleHead): BundleParts {
    return { ...head, ...this.#lists, access: this.#access };
  }

  trace = (trace: TraceOfBundle): Promise<void> => add(this.#lists.traces, trace);
  opened = (content: OpenedContent): Promise<void> => add(this.#lists.opened, content);
  closed = (redaction: BundleParts['redactions'][number]): void =>
    void this.#lists.redactions.push(redaction);
  journal = (lines: readonly string[]): Promise<void> => add(this.#lists.journal, ...lines);
  charges = (csv: string): Promise<void> => add(this.#lists.charges, csv);
  trail = (trail: TrailOfBundle): Promise<void> => add(this.#lists.trails, trail);
  tile = (path: string, content: Buffer): Promise<void> => add(this.#lists.tiles, [path, content] as const);
  leaf = (leaf: ProvenEntry): Promise<void> => add(this.#lists.leaves, leaf);
  readsAt = (log: { readonly checkpoint: string; readonly size: number }): Promise<void> => {
    this.#access = log;
    return Promise.resolve();
  };
  read = (read: OpenedRead): Promise<void> => add(this.#lists.reads, read);
}

function add<Item>(list: Item[], ...items: Item[]): Promise<void> {
  list.push(...items);
  return Promise.resolve();
}

/** A spool that can be asked how much was written to it. */
export class MemorySpool implements Spool {
  readonly #written: Buffer[] = [];
  bytes = 0;

  write(bytes: Uint8Array): Promise<number> {
    const at = this.bytes;
    this.#written.push(Buffer.from(bytes));
    this.bytes += bytes.length;
    return Promise.resolve(at);
  }

  read(at: number, length: number): Promise<Buffer> {
    return Promise.resolve(Buffer.concat(this.#written).subarray(at, at + length));
  }
}

/** The archive of a bundle of these parts, signed. */
export async function archiveOf(
  parts: BundleParts,
  signers: ConstructorParameters<typeof BundleWriter>[1],
): Promise<Buffer> {
  const writer = new BundleWriter(parts, signers, new MemorySpool());
  for (const trace of parts.traces) await writer.trace(trace);
  for (const content of parts.opened) await writer.opened(content);
  for (const redaction of parts.redactions) writer.closed(redaction);
  await writer.journal(parts.journal);
  const lines = (csv: string): number => csv.split('\r\n').length - 1;
  for (const [page, csv] of parts.charges.entries()) await writer.charges(csv, page === 0 ? 0 : lines(csv));
  for (const trail of parts.trails) await writer.trail(trail);
  for (const [path, content] of parts.tiles) await writer.tile(path, content);
  for (const leaf of parts.leaves) await writer.leaf(leaf);
  if (parts.access !== null) await writer.readsAt(parts.access);
  for (const read of parts.reads) await writer.read(read);
  await writer.finish();
  const pieces: Buffer[] = [];
  for await (const piece of writer.files.archive(Math.floor(Date.parse(parts.sealedAt) / 1000)))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The files of an archive, all in memory. */
export function unpackTar(archive: Buffer): Map<string, Buffer> {
  const places = indexTar(archive.length, (at, length) => archive.subarray(at, at + length));
  return new Map([...places].map(([path, { at, length }]) => [path, archive.subarray(at, at + length)]));
}
