import { canonicalJson } from '../canonical-json.ts';
import type { NoteSigner } from '../note-key.ts';
import { formatLogPolicy } from '../tlog-policy.ts';
import { formatTlogProof } from '../tlog-proof.ts';
import { formatBalances, formatReconciliation, trialBalances } from './balances.ts';
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
import type { SpanPlace } from './claims-of-trails.ts';
import { signEnvelope } from './dsse.ts';
import { factsPath } from './claims-of-replays.ts';
import { parseJournal } from './journal.ts';
import {
  formatStatement,
  MANIFEST,
  sha256,
  type BundlePredicate,
  type Redaction,
  type TraceInScope,
} from './manifest.ts';

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
  readonly subject: string;
  readonly salt: Buffer;
}

/** Everything that goes into a bundle, as it was read at one size of the log. */
export interface BundleParts {
  readonly tenant: string;
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly sealedAt: string;
  /** Signed note. */
  readonly checkpoint: string;
  readonly since: { readonly size: number; readonly note: string; readonly hashes: readonly Buffer[] } | null;
  /** All tiles by path below the log's prefix, or the leaves of the scope with their paths. */
  readonly log:
    | { readonly method: 'full-log'; readonly tiles: ReadonlyMap<string, Buffer> }
    | { readonly method: 'trail-chain'; readonly leaves: readonly ProvenEntry[] };
  readonly traces: readonly (TraceInScope & {
    readonly records: readonly string[];
    readonly spans: readonly SpanPlace[];
  })[];
  readonly opened: readonly OpenedContent[];
  readonly redactions: readonly Redaction[];
  /** Lines that `journalLines` made, by leaf and place. */
  readonly journal: readonly string[];
  /** By name: the facts as they are written, and the files that follow from them by ending. */
  readonly trails: ReadonlyMap<
    string,
    { readonly facts: string; readonly files: Readonly<Record<string, string>> }
  >;
  readonly reads: {
    readonly checkpoint: string;
    readonly size: number;
    readonly reads: readonly OpenedRead[];
  } | null;
  readonly request: BundlePredicate['request'];
  readonly rules: readonly string[];
  readonly software: string;
  /** The verifier and what to do with it. */
  readonly verifier: Buffer;
  readonly readme: string;
}

/**
 * The files of a bundle, the manifest among them (ledger.md 4). The same parts and keys give the same bytes: nothing in
 * it is of the time or place it was made at.
 *
 * @param signers of the log, all that sign its checkpoints
 */
export function buildBundle(parts: BundleParts, signers: readonly NoteSigner[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const put = (path: string, content: string | Buffer): void => void files.set(path, Buffer.from(content));
  putLog(parts, signers, put);
  for (const { traceId, revision, records, spans } of parts.traces) {
    put(stepsPath(traceId, revision), ended(records));
    put(
      spansPath(traceId, revision),
      ended(spans.map(({ batchId, position, spanId }) => canonicalJson([batchId, position, spanId]))),
    );
  }
  putContent(parts.opened, put);
  putLedger(parts.journal, put);
  for (const [name, { facts, files: derived }] of parts.trails) {
    put(factsPath(name), facts);
    for (const [ending, text] of Object.entries(derived)) put(`trails/${name}.${ending}`, text);
  }
  putReads(parts, signers, put);
  put(VERIFIER, parts.verifier);
  put(README, parts.readme);
  put(MANIFEST, signEnvelope(formatStatement(files, predicateOf(parts)), signers));
  return files;
}

type Put = (path: string, content: string | Buffer) => void;

const ended = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const base64Lines = (hashes: readonly Buffer[]): string =>
  ended(hashes.map((hash) => hash.toString('base64')));

function putLog(
  { checkpoint, since, size, log }: BundleParts,
  signers: readonly NoteSigner[],
  put: Put,
): void {
  const vkeys = signers.map(({ vkey }) => vkey);
  put(VKEY, ended(vkeys));
  put(POLICY, formatLogPolicy(vkeys));
  put(CHECKPOINT, checkpoint);
  if (since !== null) {
    put(oldCheckpointPath(since.size), since.note);
    put(consistencyPath(since.size, size), base64Lines(since.hashes));
  }
  if (log.method === 'full-log') {
    for (const [path, content] of log.tiles) put(`log/${path}`, content);
    return;
  }
  for (const { index, entry, hashes } of log.leaves) {
    put(entryPath(index), entry);
    put(proofPath(index), formatTlogProof({ index, hashes, checkpoint, extra: null }));
  }
}

function putContent(opened: readonly OpenedContent[], put: Put): void {
  if (opened.length === 0) return;
  for (const { content } of opened) put(contentPath(sha256(content)), content);
  put(
    SALTS,
    canonicalJson({
      openings: opened.map(({ leaf, field, salt, content }) => ({
        leaf,
        field,
        salt: salt.toString('base64'),
        content: sha256(content),
      })),
    }),
  );
}

function putLedger(journal: readonly string[], put: Put): void {
  const text = ended(journal);
  const transactions = parseJournal(Buffer.from(text)).map(({ transaction }) => transaction);
  put(JOURNAL, text);
  put(AS_REPORTED, formatBalances(trialBalances(transactions, 'reported')));
  put(AS_RESTATED, formatBalances(trialBalances(transactions, 'restated')));
  put(RECONCILIATION, formatReconciliation(transactions));
}

function putReads({ reads, origin }: BundleParts, signers: readonly NoteSigner[], put: Put): void {
  if (reads === null) return;
  put(ACCESS_CHECKPOINT, reads.checkpoint);
  put(ACCESS_POLICY, formatLogPolicy(signers.map((signer) => signer.under(`${origin}/access`).vkey)));
  put(
    READS,
    ended(
      reads.reads.map(({ index, subject, salt }) =>
        canonicalJson({ leaf: index, subject, salt: salt.toString('base64') }),
      ),
    ),
  );
  for (const { index, entry, hashes } of reads.reads) {
    put(accessEntryPath(index), entry);
    put(
      accessProofPath(index),
      formatTlogProof({ index, hashes, checkpoint: reads.checkpoint, extra: null }),
    );
  }
}

function predicateOf(parts: BundleParts): BundlePredicate {
  const { tenant, origin, size, sealedAt, request, redactions, rules, software } = parts;
  return {
    tenant,
    origin,
    size,
    root: parts.root.toString('base64'),
    sealedAt,
    since: parts.since?.size ?? null,
    method: parts.log.method,
    request,
    traces: parts.traces.map(({ traceId, revision, leaf }) => ({ traceId, revision, leaf })),
    counts: {
      leaves: parts.log.method === 'full-log' ? size : parts.log.leaves.length,
      traces: parts.traces.length,
      steps: parts.traces.reduce((sum, { records }) => sum + records.length, 0),
      spans: parts.traces.reduce((sum, { spans }) => sum + spans.length, 0),
      transactions: parts.journal.length,
      trails: parts.trails.size,
      opened: parts.opened.length,
      closed: redactions.length,
      reads: parts.reads?.reads.length ?? 0,
    },
    redactions,
    accessSize: parts.reads?.size ?? null,
    trails: Object.fromEntries(
      [...parts.trails].map(([name, { files }]) => [name, sha256(Buffer.from(files['replay.json'] ?? ''))]),
    ),
    rules,
    software,
  };
}
