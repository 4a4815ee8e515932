import { decodeBase64 } from '../base64.ts';
import { InvalidEvidence } from '../errors.ts';
import { commitment } from '../leaf.ts';
import { contentPath, SALTS } from './bundle-paths.ts';
import type { CheckClaim } from './claims-of-log.ts';
import { readSteps } from './claims-of-trails.ts';
import { sha256 } from './manifest.ts';
import { perBundle, traceByLeaf, type OpenedBundle } from './opened-bundle.ts';
import { countOf, listOf, objectOf, readCanonical, textOf, type Json, type JsonObject } from './read-json.ts';

/** A commitment that is opened: whoever hashes the salt and the content gets what the leaf or the step states. */
export interface Opening {
  readonly leaf: number;
  /** `batch`, `outcome`, or `step <span>@<start>/<part>`. */
  readonly field: string;
  /** 32 bytes, base64. */
  readonly salt: string;
  /** SHA-256 of the content in hex: the name of its file. */
  readonly content: string;
}

/** Every opened content is what was committed to when it was received. */
export const contentIsTheCommitted: CheckClaim = (bundle) => {
  const openings = readOpenings(bundle);
  for (const opening of openings) isCommitted(bundle, opening);
  const opened = new Set(openings.map(({ content }) => contentPath(content)));
  for (const path of bundle.files.keys())
    if (/^content\/.*\.bin$/.test(path) && !opened.has(path))
      throw new InvalidEvidence(`${path} opens no commitment`);
  return `${openings.length} commitments`;
};

function isCommitted(bundle: OpenedBundle, { leaf, field, salt, content }: Opening): void {
  const bytes = bundle.file(contentPath(content));
  if (sha256(bytes) !== content)
    throw new InvalidEvidence(`${contentPath(content)} is not named by its digest`);
  const saltBytes = decodeBase64(salt);
  if (saltBytes?.length !== 32)
    throw new InvalidEvidence(`the salt of ${field} of leaf ${leaf} is malformed`);
  const committed = committedTo(bundle, leaf, field);
  if (committed === null) throw new InvalidEvidence(`leaf ${leaf} does not commit to ${field}`);
  if (!commitment(saltBytes, bytes).equals(committed))
    throw new InvalidEvidence(`${contentPath(content)} is not what ${field} of leaf ${leaf} commits to`);
}

/** Hash that a leaf, or a step under it, states for a content. */
function committedTo(bundle: OpenedBundle, leaf: number, field: string): Buffer | null {
  if (field === 'batch')
    return Buffer.from(textOf(bundle.leaf(leaf, 'spans.batch').fields['digest'], 'digest'), 'hex');
  if (field === 'outcome')
    return decodeBase64(textOf(bundle.leaf(leaf, 'outcome.event').fields['content'], 'content'));
  const part = /^step [^/]+\/(.+)$/.exec(field)?.[1];
  const trace = traceByLeaf(bundle, leaf);
  if (trace === undefined || part === undefined) return null;
  for (const record of readSteps(bundle, trace)) {
    const step = readCanonical(Buffer.from(record), 'a step');
    if (stepField(step, part) === field) return commitmentsOf(step).get(part) ?? null;
  }
  return null;
}

/** How a commitment of a step is named: `step <span>@<start>/<part>`. */
export const stepField = (step: JsonObject, part: string): string =>
  `step ${textOf(step['spanId'], 'spanId')}@${textOf(step['startedAtNs'], 'startedAtNs')}/${part}`;

/** What a step commits to: its span's bytes, its personal members, each part of its content. By name. */
function commitmentsOf(step: JsonObject): Map<string, Buffer> {
  if (step['commitments'] === undefined) return new Map();
  const { span, identity, parts } = objectOf(step['commitments'], 'commitments');
  return new Map(
    [
      ['span', span] as const,
      ['identity', identity] as const,
      ...Object.entries(objectOf(parts, 'parts')),
    ].map(([part, hash]) => [part, decodeBase64(textOf(hash, part)) ?? Buffer.alloc(0)]),
  );
}

/** The openings that the bundle lists; none where it has no such file. */
export const readOpenings = perBundle((bundle: OpenedBundle): readonly Opening[] => {
  const file = bundle.files.get(SALTS);
  if (file === undefined) return [];
  return listOf(readCanonical(file, SALTS)['openings'], 'openings').map((value: Json) => {
    const opening = objectOf(value, 'an opening');
    return {
      leaf: countOf(opening['leaf'], 'leaf'),
      field: textOf(opening['field'], 'field'),
      salt: textOf(opening['salt'], 'salt'),
      content: textOf(opening['content'], 'content'),
    };
  });
});

/** Digest of an opened content by `<leaf> <field>`. */
export const openedDigests = perBundle(
  (bundle): ReadonlyMap<string, string> =>
    new Map(readOpenings(bundle).map(({ leaf, field, content }) => [`${leaf} ${field}`, content])),
);

/**
 * What is not opened is listed with its reason: every batch and outcome of the scope and every commitment of its steps
 * is either open or closed for a reason, and what was erased by then has its `erasure` leaf.
 */
export const closedContentHasItsReason: CheckClaim = (bundle) => {
  const { redactions } = bundle.manifest.predicate;
  const told = new Set([
    ...readOpenings(bundle).map(({ leaf, field }) => `${leaf} ${field}`),
    ...redactions.map(({ leaf, field }) => `${leaf} ${field}`),
  ]);
  let erasedLater = 0;
  for (const { reason, by } of redactions)
    if (reason === 'erased' && by !== null) bundle.leaf(by, 'erasure');
    else if (reason === 'erased') erasedLater += 1;
  const untold = untoldLeaf(bundle, told) ?? untoldPart(bundle, told);
  if (untold !== null) throw new InvalidEvidence(`${untold} is neither opened nor listed as closed`);
  return `${redactions.length} closed, ${erasedLater} of them erased after this size`;
};

function untoldLeaf(bundle: OpenedBundle, told: ReadonlySet<string>): string | null {
  if (bundle.manifest.predicate.method === 'full-log') return null;
  for (const [kind, field] of [
    ['spans.batch', 'batch'],
    ['outcome.event', 'outcome'],
  ] as const)
    for (const { index, fields } of bundle.leavesOf(kind))
      // What the service recorded itself commits to no content.
      if ((field === 'batch' || fields['content'] !== undefined) && !told.has(`${index} ${field}`))
        return `${field} of leaf ${index}`;
  return null;
}

/** `contents` closes all of a trace's steps but their personal members. */
function untoldPart(bundle: OpenedBundle, told: ReadonlySet<string>): string | null {
  for (const trace of bundle.manifest.predicate.traces)
    for (const record of readSteps(bundle, trace)) {
      const step = readCanonical(Buffer.from(record), 'a step');
      for (const part of commitmentsOf(step).keys()) {
        const field = stepField(step, part);
        const isClosed = part !== 'identity' && told.has(`${trace.leaf} contents`);
        if (!isClosed && !told.has(`${trace.leaf} ${field}`)) return `${field} of leaf ${trace.leaf}`;
      }
    }
  return null;
}
