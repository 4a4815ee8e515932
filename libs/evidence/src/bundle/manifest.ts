import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { InvalidEvidence } from '../errors.ts';
import { countOf, listOf, objectOf, readCanonical, textOf, type Json, type JsonObject } from './read-json.ts';

/** Files of a bundle by path, `/` between names; content may be read anew each time it is asked for. */
export type BundleFiles = Pick<ReadonlyMap<string, Buffer>, 'get' | 'has' | 'keys'>;

export const MANIFEST = 'manifest.dsse.json';
const STATEMENT = 'https://in-toto.io/Statement/v1';
/** What the predicate of the manifest means: docs/auditing.md. */
export const AUDIT_EXPORT = 'urn:outcome-ledger:audit-export:v1';

/** How a bundle shows that nothing was left out: the whole log, or the unbroken chain of each trace's revisions. */
export type CompletenessMethod = 'full-log' | 'trail-chain';

/** A trace of the scope with its newest revision below the size. */
export type TraceInScope = {
  /** 32 hex digits. */
  readonly traceId: string;
  readonly revision: number;
  /** Of its leaf. */
  readonly leaf: number;
};

/** Content that the bundle leaves closed, and why. */
export type Redaction = {
  readonly leaf: number;
  /** `batch`, `outcome`, `contents` (of all steps of a trace), or `step <span>@<start>/<part>`. */
  readonly field: string;
  readonly reason: 'not_asked' | 'other_subjects' | 'not_kept' | 'erased' | 'not_stored';
  /** For `erased`: the leaf that tells of it. */
  readonly by: number | null;
};

/** What the manifest says of the bundle beyond its files. All of it follows from the request and the size. */
export type BundlePredicate = {
  readonly tenant: string;
  readonly origin: string;
  readonly size: number;
  /** RFC 6962, base64. */
  readonly root: string;
  /** Of the newest leaf: the only time in the manifest. */
  readonly sealedAt: string;
  /** Size of the older checkpoint that the bundle is proved to extend; null without one. */
  readonly since: number | null;
  readonly method: CompletenessMethod;
  /** What was asked for, by whom, why and under which grant: as the `export` leaf repeats it. */
  readonly request: JsonObject;
  readonly traces: readonly TraceInScope[];
  readonly counts: Readonly<Record<string, number>>;
  readonly redactions: readonly Redaction[];
  /** Size of the access log whose reads are included; null where nobody read anything before. */
  readonly accessSize: number | null;
  /** Digests of the trails by file name. */
  readonly trails: Readonly<Record<string, string>>;
  /** Versions of rules and price books below the size: `definition ticket@2`. */
  readonly rules: readonly string[];
  readonly software: string;
};

/**
 * The in-toto Statement v1 over the files, as RFC 8785 JSON.
 *
 * @param digests SHA-256 in hex by path, in the order of paths
 */
export function formatStatement(
  digests: readonly (readonly [path: string, sha256: string])[],
  predicate: BundlePredicate,
): Buffer {
  return Buffer.from(
    canonicalJson({
      _type: STATEMENT,
      subject: digests.map(([name, digest]) => ({ name, digest: { sha256: digest } })),
      predicateType: AUDIT_EXPORT,
      predicate: { ...predicate, timeSources: TIME_SOURCES },
    }),
  );
}

const TIME_SOURCES = [
  "recordedAt: the server's clock as it wrote the record",
  "sealedAt: the sealer's clock, never earlier than in the leaf before",
];

/** SHA-256 in hex. */
export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** What a manifest states, read back. */
export interface Manifest {
  /** SHA-256 in hex by path. */
  readonly digests: ReadonlyMap<string, string>;
  readonly predicate: BundlePredicate;
}

/** @throws InvalidEvidence naming the member that is not as `formatStatement` writes it */
export function parseStatement(payload: Buffer): Manifest {
  const statement = readCanonical(payload, 'the manifest');
  if (statement['_type'] !== STATEMENT || statement['predicateType'] !== AUDIT_EXPORT)
    throw new InvalidEvidence('the manifest is no in-toto Statement v1 about an audit export');
  const digests = new Map<string, string>();
  for (const each of listOf(statement['subject'], 'subject')) {
    const subject = objectOf(each, 'a subject');
    const name = textOf(subject['name'], 'name');
    if (digests.has(name)) throw new InvalidEvidence(`the manifest lists ${name} twice`);
    digests.set(name, textOf(objectOf(subject['digest'], 'digest')['sha256'], 'sha256'));
  }
  return { digests, predicate: readPredicate(objectOf(statement['predicate'], 'predicate')) };
}

function readPredicate(predicate: JsonObject): BundlePredicate {
  const method = textOf(predicate['method'], 'method');
  if (method !== 'full-log' && method !== 'trail-chain')
    throw new InvalidEvidence(`the method ${method} is not known`);
  return {
    tenant: textOf(predicate['tenant'], 'tenant'),
    origin: textOf(predicate['origin'], 'origin'),
    size: countOf(predicate['size'], 'size'),
    root: textOf(predicate['root'], 'root'),
    sealedAt: textOf(predicate['sealedAt'], 'sealedAt'),
    since: countOrNull(predicate['since'], 'since'),
    method,
    request: objectOf(predicate['request'], 'request'),
    traces: listOf(predicate['traces'], 'traces').map(readTrace),
    counts: mapOf(predicate['counts'], 'counts', countOf),
    redactions: listOf(predicate['redactions'], 'redactions').map(readRedaction),
    accessSize: countOrNull(predicate['accessSize'], 'accessSize'),
    trails: mapOf(predicate['trails'], 'trails', textOf),
    rules: listOf(predicate['rules'], 'rules').map((rule) => textOf(rule, 'a rule')),
    software: textOf(predicate['software'], 'software'),
  };
}

function readTrace(value: Json): TraceInScope {
  const trace = objectOf(value, 'a trace');
  return {
    traceId: textOf(trace['traceId'], 'traceId'),
    revision: countOf(trace['revision'], 'revision'),
    leaf: countOf(trace['leaf'], 'leaf'),
  };
}

const REASONS = ['not_asked', 'other_subjects', 'not_kept', 'erased', 'not_stored'] as const;

function readRedaction(value: Json): Redaction {
  const redaction = objectOf(value, 'a redaction');
  const reason = REASONS.find((known) => known === redaction['reason']);
  if (reason === undefined) throw new InvalidEvidence('the reason of a redaction is not known');
  return {
    leaf: countOf(redaction['leaf'], 'leaf'),
    field: textOf(redaction['field'], 'field'),
    reason,
    by: countOrNull(redaction['by'], 'by'),
  };
}

const countOrNull = (value: Json | undefined, what: string): number | null =>
  value === null ? null : countOf(value, what);

function mapOf<Value>(
  value: Json | undefined,
  what: string,
  read: (value: Json | undefined, what: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(objectOf(value, what)).map(([name, member]) => [name, read(member, `${what}.${name}`)]),
  );
}
