import { canonicalJson } from '../canonical-json.ts';
import { InvalidEvidence } from '../errors.ts';
import { leafHash, rootOfLeafHashes } from '../merkle.ts';
import { spansPath, stepsPath } from './bundle-paths.ts';
import type { CheckClaim } from './claims-of-log.ts';
import type { TraceInScope } from './manifest.ts';
import { perBundle, type BundleLeaf, type OpenedBundle } from './opened-bundle.ts';
import { countOf, linesOf, listOf, objectOf, readCanonical, textOf, type Json } from './read-json.ts';

/** A span of a revision: the export request that brought it, and its place there. */
export interface SpanPlace {
  readonly batchId: string;
  readonly position: number;
  /** 16 hex digits. */
  readonly spanId: string;
}

/** Revisions 1 to n of each trace, each naming the hash of the one before: nothing was taken out between. */
export const revisionsAreUnbroken: CheckClaim = (bundle) => {
  const { traces } = bundle.manifest.predicate;
  const chains = chainsOf(bundle);
  for (const trace of traces) isUnbroken(trace, chains.get(trace.traceId) ?? []);
  return `${traces.length} traces, ${traces.reduce((sum, { revision }) => sum + revision, 0)} revisions`;
};

function chainsOf(bundle: OpenedBundle): Map<string, BundleLeaf[]> {
  const chains = new Map<string, BundleLeaf[]>();
  for (const leaf of bundle.leavesOf('trace.revision')) {
    const traceId = textOf(leaf.fields['traceId'], 'traceId');
    const chain = chains.get(traceId) ?? [];
    chains.set(traceId, chain);
    chain.push(leaf);
  }
  return chains;
}

function isUnbroken({ traceId, revision, leaf: newest }: TraceInScope, chain: readonly BundleLeaf[]): void {
  let before: BundleLeaf | null = null;
  let n = 1;
  for (const leaf of chain) {
    const found = countOf(leaf.fields['revision'], 'revision');
    if (found !== n)
      throw new InvalidEvidence(
        `revision ${n} of trace ${traceId} is missing: leaf ${leaf.index} is revision ${found}`,
      );
    const previous = leaf.fields['previousLeaf'];
    if (previous !== before?.hash.toString('base64'))
      throw new InvalidEvidence(`revision ${n} of trace ${traceId} does not continue the revision before it`);
    before = leaf;
    n += 1;
  }
  if (n - 1 !== revision || before?.index !== newest)
    throw new InvalidEvidence(
      `revision ${n > revision ? n - 1 : n} of trace ${traceId} is ${n > revision ? 'not in the manifest' : 'missing'}`,
    );
}

/** The step records have the root and number that the revision's leaf states; a missing one is named by its span. */
export const stepsAreTheCommitted: CheckClaim = (bundle) => {
  let steps = 0;
  for (const trace of bundle.manifest.predicate.traces) steps += readSteps(bundle, trace).length;
  noStrayFiles(bundle, 'steps');
  return `${steps} steps`;
};

/**
 * The step records of a trace's newest revision, in the order of its root.
 *
 * @throws InvalidEvidence when they are not those of the leaf
 */
export function readSteps(bundle: OpenedBundle, trace: TraceInScope): readonly string[] {
  const newest = newestSteps(bundle);
  if (newest.trace !== trace) Object.assign(newest, { lines: checkSteps(bundle, trace), trace });
  return newest.lines;
}

/** Steps are asked for one by one, those of a trace after each other: the newest ones are kept. */
const newestSteps = perBundle((): { trace: TraceInScope | null; lines: readonly string[] } => ({
  trace: null,
  lines: [],
}));

function checkSteps(bundle: OpenedBundle, { traceId, revision, leaf }: TraceInScope): readonly string[] {
  const path = stepsPath(traceId, revision);
  const lines = linesOf(bundle.file(path), path);
  const hashes = lines.map((line) => leafHash(Buffer.from(line)));
  const committed = objectOf(bundle.leaf(leaf, 'trace.revision').fields['steps'], 'steps');
  const count = countOf(committed['count'], 'count');
  if (lines.length < count)
    throw new InvalidEvidence(
      `${count - lines.length} of the ${count} steps of trace ${traceId} are missing${nameMissing(bundle, { traceId, revision, leaf }, lines)}`,
    );
  if (rootOfLeafHashes(hashes).toString('base64') !== committed['root'])
    throw new InvalidEvidence(
      `the steps of trace ${traceId} are not those that revision ${revision} commits to`,
    );
  return lines;
}

/** Which spans have no step. */
function nameMissing(bundle: OpenedBundle, trace: TraceInScope, lines: readonly string[]): string {
  const present = lines.map((line) => readCanonical(Buffer.from(line), 'a step')['spanId']);
  const missing = readSpans(bundle, trace)
    .map(({ spanId }) => spanId)
    .filter((spanId) => !present.includes(spanId));
  return missing.length === 0 ? '' : `: of span ${missing.join(', ')}`;
}

/** Every span of every revision stands with its export request, and the leaf of that request is there. */
export const spansAreTheReceived: CheckClaim = (bundle) => {
  const received = new Map(
    bundle.leavesOf('spans.batch').map((leaf) => [textOf(leaf.fields['batchId'], 'batchId'), leaf]),
  );
  let spans = 0;
  const batches = new Set<string>();
  for (const trace of bundle.manifest.predicate.traces) {
    for (const { batchId, position, spanId } of readSpans(bundle, trace)) {
      const batch = received.get(batchId);
      if (batch === undefined)
        throw new InvalidEvidence(`the leaf of batch ${batchId}, which brought span ${spanId}, is missing`);
      if (position >= countOf(batch.fields['received'], 'received'))
        throw new InvalidEvidence(`batch ${batchId} has no span at place ${position}`);
      spans += 1;
      batches.add(batchId);
    }
  }
  noStrayFiles(bundle, 'spans');
  return `${spans} spans of ${batches.size} export requests`;
};

function readSpans(bundle: OpenedBundle, { traceId, revision, leaf }: TraceInScope): SpanPlace[] {
  const path = spansPath(traceId, revision);
  const lines = linesOf(bundle.file(path), path);
  const committed = objectOf(bundle.leaf(leaf, 'trace.revision').fields['spans'], 'spans');
  const count = countOf(committed['count'], 'count');
  if (
    lines.length !== count ||
    rootOfLeafHashes(lines.map((line) => leafHash(Buffer.from(line)))).toString('base64') !==
      committed['root']
  )
    throw new InvalidEvidence(
      `the spans of trace ${traceId} are not the ${count} that revision ${revision} commits to: ${lines.length} are listed`,
    );
  return lines.map((line) => {
    const value: Json = JSON.parse(line);
    const [batchId, position, spanId] = listOf(value, 'a span');
    if (
      canonicalJson([textOf(batchId, 'batch'), countOf(position, 'position'), textOf(spanId, 'span')]) !==
      line
    )
      throw new InvalidEvidence(`${path} has a line that is no span`);
    return {
      batchId: textOf(batchId, 'batch'),
      position: countOf(position, 'position'),
      spanId: textOf(spanId, 'span'),
    };
  });
}

function noStrayFiles(bundle: OpenedBundle, directory: 'steps' | 'spans'): void {
  const pathOf = directory === 'steps' ? stepsPath : spansPath;
  const known = new Set(
    bundle.manifest.predicate.traces.map(({ traceId, revision }) => pathOf(traceId, revision)),
  );
  for (const path of bundle.files.keys())
    if (path.startsWith(`${directory}/`) && !known.has(path))
      throw new InvalidEvidence(`${path} belongs to no trace of the manifest`);
}
