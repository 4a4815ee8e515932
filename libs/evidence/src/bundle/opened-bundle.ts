import { type Checkpoint } from '../checkpoint.ts';
import { InvalidEvidence } from '../errors.ts';
import { leafHash } from '../merkle.ts';
import { parseVerifierKey, type NoteVerifier } from '../note-key.ts';
import { decodeEntries, parseTilePath, TILE_WIDTH, tilePath, tileWidth } from '../tile.ts';
import { openCheckpoint, parsePolicy, type TlogPolicy } from '../tlog-policy.ts';
import { JournalSums } from './balances.ts';
import { CHECKPOINT, entryPath, JOURNAL, POLICY, VKEY } from './bundle-paths.ts';
import { openEnvelope } from './dsse.ts';
import { parseJournal, type JournalLine } from './journal.ts';
import { MANIFEST, parseStatement, type BundleFiles, type Manifest, type TraceInScope } from './manifest.ts';
import { linesOf, readCanonical, type JsonObject } from './read-json.ts';

/** A leaf of the log as the bundle shows it. */
export interface BundleLeaf {
  readonly index: number;
  readonly entry: Buffer;
  readonly hash: Buffer;
  readonly fields: JsonObject;
}

/** What whoever checks a bundle brings along; the bundle's own word is taken for nothing of it. */
export interface Trust {
  /** Keys of the log that were got another way; null = those in the bundle, and the verdict says so. */
  readonly vkeys: readonly string[] | null;
  /** Older checkpoints of the log (signed notes) that were kept elsewhere. */
  readonly checkpoints: readonly string[];
}

/**
 * The parts of a bundle, each read when it is first asked for and refused with the reason. Nothing is believed because
 * another part was: every claim asks for what it needs.
 */
export class OpenedBundle {
  private readonly keysOnce = once((): readonly NoteVerifier[] => {
    const keys = linesOf(this.file(VKEY), VKEY).map(parseVerifierKey);
    const { vkeys } = this.trust;
    if (vkeys !== null && !keys.some((key) => vkeys.some((vkey) => isSameKey(parseVerifierKey(vkey), key))))
      throw new InvalidEvidence(`none of the keys in ${VKEY} is one that you trust`);
    return keys;
  });
  private readonly policyOnce = once((): TlogPolicy => {
    const policy = parsePolicy(this.file(POLICY).toString());
    const names = (keys: readonly NoteVerifier[]): string =>
      keys.map(({ name, keyId, publicKey }) => `${name} ${keyId} ${publicKey.toString('hex')}`).join('\n');
    if (names(policy.logs) !== names(this.keys))
      throw new InvalidEvidence(`${POLICY} and ${VKEY} name different keys`);
    return policy;
  });
  private readonly manifestOnce = once((): Manifest =>
    parseStatement(openEnvelope(this.file(MANIFEST), this.keys)),
  );
  private readonly checkpointOnce = once((): Checkpoint =>
    openCheckpoint(this.file(CHECKPOINT).toString(), this.policy),
  );
  private readonly leavesOnce = once((): ReadonlyMap<number, BundleLeaf> => {
    const leaves = new Map<number, BundleLeaf>();
    for (const [index, entry] of this.entries()) {
      const fields = readCanonical(entry, `leaf ${index}`);
      leaves.set(index, { index, entry, hash: leafHash(entry), fields });
    }
    return leaves;
  });
  private readonly journalOnce = once((): readonly JournalLine[] => parseJournal(this.file(JOURNAL)));
  private readonly journalSumsOnce = once(
    (): JournalSums => new JournalSums(this.journal.map(({ transaction }) => transaction)),
  );

  constructor(
    readonly files: BundleFiles,
    readonly trust: Trust,
  ) {}

  /** @throws InvalidEvidence where the file is missing */
  file(path: string): Buffer {
    const content = this.files.get(path);
    if (content === undefined) throw new InvalidEvidence(`${path} is missing`);
    return content;
  }

  /** The keys that the bundle names; all of one log, and one of them trusted where keys were brought along. */
  get keys(): readonly NoteVerifier[] {
    return this.keysOnce();
  }

  get policy(): TlogPolicy {
    return this.policyOnce();
  }

  get manifest(): Manifest {
    return this.manifestOnce();
  }

  get checkpoint(): Checkpoint {
    return this.checkpointOnce();
  }

  /** All leaves of the log from its tiles (full-log), or those shown one by one (trail-chain), by index. */
  get leaves(): ReadonlyMap<number, BundleLeaf> {
    return this.leavesOnce();
  }

  /** Leaves of a kind, by index. */
  leavesOf(kind: string): BundleLeaf[] {
    return [...this.leaves.values()]
      .filter(({ fields }) => fields['kind'] === kind)
      .sort((a, b) => a.index - b.index);
  }

  /** @throws InvalidEvidence where the bundle does not show the leaf, or it is of another kind */
  leaf(index: number, kind: string): BundleLeaf {
    const leaf = this.leaves.get(index);
    if (leaf?.fields['kind'] !== kind)
      throw new InvalidEvidence(
        `leaf ${index} should be a ${kind} and is ${leaf === undefined ? 'missing' : 'not'}`,
      );
    return leaf;
  }

  get journal(): readonly JournalLine[] {
    return this.journalOnce();
  }

  get journalSums(): JournalSums {
    return this.journalSumsOnce();
  }

  private *entries(): Generator<[number, Buffer]> {
    const { method, size } = this.manifest.predicate;
    if (method === 'full-log') {
      for (let tile = 0, width; (width = tileWidth('entries', tile, size)) > 0; tile++) {
        const path = `log/${tilePath({ level: 'entries', index: tile, width })}`;
        const entries = decodeEntries(this.file(path));
        if (entries.length !== width)
          throw new InvalidEvidence(`${path} holds ${entries.length} entries, not ${width}`);
        for (const [i, entry] of entries.entries()) yield [tile * TILE_WIDTH + i, entry];
      }
      return;
    }
    for (const path of this.files.keys()) {
      const index = /^entries\/(\d+)\.json$/.exec(path)?.[1];
      if (index !== undefined && entryPath(Number(index)) === path) yield [Number(index), this.file(path)];
    }
  }
}

/** What follows from a bundle, made once for each. What it makes must not grow with the content of the bundle. */
export function perBundle<Value>(make: (bundle: OpenedBundle) => Value): (bundle: OpenedBundle) => Value {
  const made = new WeakMap<OpenedBundle, { readonly value: Value }>();
  return (bundle) => {
    const known = made.get(bundle) ?? { value: make(bundle) };
    made.set(bundle, known);
    return known.value;
  };
}

const tracesOf = perBundle(({ manifest }) => {
  const { traces } = manifest.predicate;
  return {
    byId: new Map(traces.map((trace) => [trace.traceId, trace])),
    byLeaf: new Map(traces.map((trace) => [trace.leaf, trace])),
  };
});

/** The trace of the scope by its id, or by the leaf of its revision; undefined where the manifest lists none. */
export const traceById = (bundle: OpenedBundle, traceId: string): TraceInScope | undefined =>
  tracesOf(bundle).byId.get(traceId);
export const traceByLeaf = (bundle: OpenedBundle, leaf: number): TraceInScope | undefined =>
  tracesOf(bundle).byLeaf.get(leaf);

/** Made when it is first asked for; what cannot be made is refused each time. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}

const isSameKey = (a: NoteVerifier, b: NoteVerifier): boolean =>
  a.name === b.name && a.publicKey.equals(b.publicKey);

/** Whether a path below `log/` is one that the tiles of a size have. */
export function isTileOf(path: string, size: number): boolean {
  const tile = path.startsWith('log/tile/') ? parseTilePath(path.slice('log/'.length)) : null;
  return tile !== null && tile.width === tileWidth(tile.level, tile.index, size);
}
