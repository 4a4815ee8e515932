import { canonicalJson } from '../canonical-json.ts';
import type { NoteSigner } from '../note-key.ts';
import { formatLogPolicy } from '../tlog-policy.ts';
import { formatTlogProof } from '../tlog-proof.ts';
import { formatBalances, formatReconciliation, JournalSums } from './balances.ts';
import {
  ACCESS_CHECKPOINT,
  ACCESS_POLICY,
  accessEntryPath,
  accessProofPath,
  AS_REPORTED,
  AS_RESTATED,
  CHECKPOINT,
  consistencyPath,
  contentPath,
  entryPath,
  FOCUS,
  JOURNAL,
  oldCheckpointPath,
  POLICY,
  proofPath,
  README,
  READS,
  RECONCILIATION,
  SALTS,
  spansPath,
  stepsPath,
  VERIFIER,
  VKEY,
} from './bundle-paths.ts';
import { factsPath } from './claims-of-replays.ts';
import type { SpanPlace } from './claims-of-trails.ts';
import { signEnvelope } from './dsse.ts';
import { parseJournal } from './journal.ts';
import {
  formatStatement,
  MANIFEST,
  sha256,
  type BundlePredicate,
  type CompletenessMethod,
  type Redaction,
  type TraceInScope,
} from './manifest.ts';
import { SpooledFiles, type Spool } from './spooled-files.ts';

/** A leaf with its inclusion path. */
export interface ProvenEntry {
  readonly index: number;
  readonly entry: Buffer;
  readonly hashes: readonly Buffer[];
}

/** A content to be opened: its commitment stands in a leaf, or in a step under it. */
export interface OpenedContent {
  readonly leaf: number;
  readonly field: string;
  readonly salt: Buffer;
  readonly content: Buffer;
}

/** A read of content, opened: its leaf in the access log commits to the subject. */
export interface OpenedRead extends ProvenEntry {
  /** null: whom it was about is erased, and nobody can open it any more; that somebody read stays proven. */
  readonly subject: string | null;
  readonly salt: Buffer | null;
}

/** What a bundle is of: known before anything of it is read. */
export interface BundleHead {
  readonly tenant: string;
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly sealedAt: string;
  /** Signed note. */
  readonly checkpoint: string;
  readonly since: { readonly size: number; readonly note: string; readonly hashes: readonly Buffer[] } | null;
  readonly method: CompletenessMethod;
  readonly request: BundlePredicate['request'];
  readonly rules: readonly string[];
  readonly software: string;
  /** The verifier and what to do with it. */
  readonly verifier: Buffer;
  readonly readme: string;
}

/** A trace of the scope with what its newest revision commits to. */
export interface TraceOfBundle extends TraceInScope {
  readonly records: readonly string[];
  readonly spans: readonly SpanPlace[];
}

/** A trail: the facts as they are written, and the files that follow from them by ending. */
export interface TrailOfBundle {
  readonly name: string;
  readonly facts: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Takes a bundle part by part, each kind in any order; what it was told it need not be told again. */
export interface BundleReceiver {
  trace(trace: TraceOfBundle): Promise<void>;
  opened(content: OpenedContent): Promise<void>;
  closed(redaction: Redaction): void;
  /** @param lines that `journalLines` made, by leaf and place: of full commits, in the order of their leaves */
  journal(lines: readonly string[]): Promise<void>;
  /** @param csv the header of the FOCUS file, then its rows page by page @param rows how many it adds */
  charges(csv: string, rows: number): Promise<void>;
  trail(trail: TrailOfBundle): Promise<void>;
  /** A tile of a full log. @param path below the log's prefix */
  tile(path: string, content: Buffer): Promise<void>;
  /** A leaf of a trail-chain. */
  leaf(leaf: ProvenEntry): Promise<void>;
  /** The access log that reads stand in; told before them, and not at all where nobody read anything. */
  readsAt(log: { readonly checkpoint: string; readonly size: number }): Promise<void>;
  /** @param read by ascending place */
  read(read: OpenedRead): Promise<void>;
}

/**
 * Makes the files of a bundle (ledger.md 4) as its parts come. Nothing of a part stays in memory but what the manifest and
 * the sums of the journal need of it. The same parts and keys give the same bytes: nothing in it is of the time or place it
 * was made at.
 */
export class BundleWriter implements BundleReceiver {
  readonly files: SpooledFiles;
  readonly #openings: { readonly leaf: number; readonly at: number; readonly length: number }[] = [];
  readonly #redactions: Redaction[] = [];
  readonly #traces: TraceInScope[] = [];
  readonly #trails: Record<string, string> = {};
  readonly #sums = new JournalSums();
  readonly #counts = { leaves: 0, steps: 0, spans: 0, transactions: 0, reads: 0 };
  #charges: number | null = null;
  #access: { readonly checkpoint: string; readonly size: number } | null = null;

  /** @param signers of the log, all that sign its checkpoints */
  constructor(
    private readonly head: BundleHead,
    private readonly signers: readonly NoteSigner[],
    private readonly spool: Spool,
  ) {
    this.files = new SpooledFiles(spool);
  }

  async trace({ traceId, revision, leaf, records, spans }: TraceOfBundle): Promise<void> {
    this.#traces.push({ traceId, revision, leaf });
    this.#counts.steps += records.length;
    this.#counts.spans += spans.length;
    await this.files.put(stepsPath(traceId, revision), ended(records));
    const places = spans.map(({ batchId, position, spanId }) => canonicalJson([batchId, position, spanId]));
    await this.files.put(spansPath(traceId, revision), ended(places));
  }

  async opened({ leaf, field, salt, content }: OpenedContent): Promise<void> {
    const digest = sha256(content);
    await this.files.put(contentPath(digest), content);
    const opening = { leaf, field, salt: salt.toString('base64'), content: digest };
    const bytes = Buffer.from(canonicalJson(opening));
    this.#openings.push({ leaf, at: await this.spool.write(bytes), length: bytes.length });
  }

  closed(redaction: Redaction): void {
    this.#redactions.push(redaction);
  }

  async journal(lines: readonly string[]): Promise<void> {
    const text = Buffer.from(ended(lines));
    for (const { transaction } of parseJournal(text)) this.#sums.add(transaction);
    this.#counts.transactions += lines.length;
    await this.files.append(JOURNAL, text);
  }

  async charges(csv: string, rows: number): Promise<void> {
    this.#charges = (this.#charges ?? 0) + rows;
    await this.files.append(FOCUS, csv);
  }

  async trail({ name, facts, files }: TrailOfBundle): Promise<void> {
    this.#trails[name] = sha256(Buffer.from(files['replay.json'] ?? ''));
    await this.files.put(factsPath(name), facts);
    for (const [ending, text] of Object.entries(files))
      await this.files.put(`trails/${name}.${ending}`, text);
  }

  async tile(path: string, content: Buffer): Promise<void> {
    await this.files.put(`log/${path}`, content);
  }

  async leaf({ index, entry, hashes }: ProvenEntry): Promise<void> {
    this.#counts.leaves += 1;
    const { checkpoint } = this.head;
    await this.files.put(entryPath(index), entry);
    await this.files.put(proofPath(index), formatTlogProof({ index, hashes, checkpoint, extra: null }));
  }

  async readsAt(log: { readonly checkpoint: string; readonly size: number }): Promise<void> {
    this.#access = log;
    const { origin } = this.head;
    const vkeys = this.signers.map((signer) => signer.under(`${origin}/access`).vkey);
    await this.files.put(ACCESS_CHECKPOINT, log.checkpoint);
    await this.files.put(ACCESS_POLICY, formatLogPolicy(vkeys));
    await this.files.append(READS, '');
  }

  async read({ index, entry, hashes, subject, salt }: OpenedRead): Promise<void> {
    if (this.#access === null) throw new RangeError('a read of no access log');
    const { checkpoint } = this.#access;
    this.#counts.reads += 1;
    const line = canonicalJson({
      leaf: index,
      subject,
      salt: salt === null ? null : salt.toString('base64'),
    });
    await this.files.append(READS, `${line}\n`);
    await this.files.put(accessEntryPath(index), entry);
    await this.files.put(accessProofPath(index), formatTlogProof({ index, hashes, checkpoint, extra: null }));
  }

  /**
   * Writes what follows from the parts, the manifest last.
   *
   * @returns the signed manifest; `files` holds the whole bundle
   */
  async finish(): Promise<Buffer> {
    await this.#putLog();
    await this.#putSalts();
    await this.files.append(JOURNAL, '');
    await this.files.put(AS_REPORTED, formatBalances(this.#sums.trialBalances('reported')));
    await this.files.put(AS_RESTATED, formatBalances(this.#sums.trialBalances('restated')));
    await this.files.put(RECONCILIATION, formatReconciliation(this.#sums));
    await this.files.put(VERIFIER, this.head.verifier);
    await this.files.put(README, this.head.readme);
    const statement = formatStatement(this.files.digests(), this.#predicate());
    const manifest = Buffer.from(signEnvelope(statement, this.signers));
    await this.files.put(MANIFEST, manifest);
    return manifest;
  }

  /** How much of everything there is. */
  get counts(): Readonly<Record<string, number>> & { readonly opened: number; readonly closed: number } {
    const { method, size } = this.head;
    return {
      ...this.#counts,
      leaves: method === 'full-log' ? size : this.#counts.leaves,
      traces: this.#traces.length,
      trails: Object.keys(this.#trails).length,
      ...(this.#charges === null ? {} : { charges: this.#charges }),
      opened: this.#openings.length,
      closed: this.#redactions.length,
    };
  }

  async #putLog(): Promise<void> {
    const { checkpoint, since, size } = this.head;
    const vkeys = this.signers.map(({ vkey }) => vkey);
    await this.files.put(VKEY, ended(vkeys));
    await this.files.put(POLICY, formatLogPolicy(vkeys));
    await this.files.put(CHECKPOINT, checkpoint);
    if (since === null) return;
    await this.files.put(oldCheckpointPath(since.size), since.note);
    const hashes = since.hashes.map((hash) => hash.toString('base64'));
    await this.files.put(consistencyPath(since.size, size), ended(hashes));
  }

  /** By leaf; canonical JSON, put together from texts that are canonical. */
  async #putSalts(): Promise<void> {
    if (this.#openings.length === 0) return;
    this.#openings.sort((a, b) => a.leaf - b.leaf);
    let before = '{"openings":[';
    for (const { at, length } of this.#openings) {
      await this.files.append(SALTS, before);
      await this.files.append(SALTS, await this.spool.read(at, length));
      before = ',';
    }
    await this.files.append(SALTS, ']}');
  }

  #predicate(): BundlePredicate {
    const { tenant, origin, size, root, sealedAt, since, method, request, rules, software } = this.head;
    return {
      tenant,
      origin,
      size,
      root: root.toString('base64'),
      sealedAt,
      since: since?.size ?? null,
      method,
      request,
      traces: this.#traces,
      counts: this.counts,
      redactions: this.#redactions.sort((a, b) => a.leaf - b.leaf),
      accessSize: this.#access?.size ?? null,
      trails: this.#trails,
      rules,
      software,
    };
  }
}

const ended = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
