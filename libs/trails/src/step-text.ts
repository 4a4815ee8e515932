import {
  TOKEN_BUCKETS,
  type Step,
  type StepCommitments,
  type TokenBucket,
  type Usage,
  type UsageUnit,
} from '#model';

const TOKENS: readonly TokenBucket[] = [...TOKEN_BUCKETS].sort();
const UNITS: readonly UsageUnit[] = ['audio_second', 'image', 'request', 'search', 'tool_call'];

/**
 * The text of a step's record in pieces, in the order of the members' names, each with a comma after it. The members that
 * name persons are pieces of their own: leaves leave them out.
 */
export interface StepText {
  readonly head: string;
  /** Here the commitments stand. */
  readonly conversationId: string;
  readonly reading: string;
  readonly dimensions: string;
  readonly extent: string;
  readonly errorType: string;
  readonly call: string;
  readonly name: string;
  readonly source: string;
  readonly workItemKeys: string;
  /** The last member has no comma. */
  readonly workflowName: string;
}

/** A record as it is stored, and what is hashed of it: canonical JSON. */
export interface StepTexts {
  /** `steps.record` */
  readonly record: string;
  /** What the leaf of its revision holds: `sealedStepRecord` of the record. */
  readonly sealed: string;
}

/**
 * Writes a step as canonical JSON (RFC 8785): every field, counts and times as decimal text, `v` for the form.
 * `parseStep` is the inverse of the whole; equal steps give equal texts. Commitments the step carries are not written.
 *
 * Member by member, because every step passes here: a record object written by the engine, once whole and once without
 * the personal members, took three times as long. A law holds the text equal to `canonicalJson` of the step.
 */
export function stepText(step: Step): StepText {
  return {
    head: `"agentName":${text(step.agentName)},"attemptNumber":${text(step.attemptNumber)},`,
    conversationId: `"conversationId":${text(step.conversationId)},`,
    reading:
      `"costReported":${value(step.costReported)},${optional('decisions', step.decisions)}` +
      `"dialect":${text(step.dialect)},`,
    dimensions: `"dimensions":${value(step.dimensions)},`,
    extent: `"documentCount":${step.documentCount},"endedAtNs":"${step.endedAtNs}",`,
    errorType: `"errorType":${text(step.errorType)},`,
    call:
      `${optional('evaluation', step.evaluation)}"extraUsage":${extraText(step.extraUsage)},` +
      `"finishReasons":${value(step.finishReasons)},"flags":${value(step.flags)},` +
      `${optional('increaseSince', step.increaseSince)}"kind":"${step.kind}","mirrorOf":${value(step.mirrorOf)},` +
      `"modelRequest":${text(step.modelRequest)},"modelResponse":${text(step.modelResponse)},`,
    name: `"name":${text(step.name)},`,
    source: sourceText(step),
    workItemKeys: `"workItemKeys":${value(step.workItemKeys)},`,
    workflowName: `"workflowName":${text(step.workflowName)}`,
  };
}

function sourceText(step: Step): string {
  return (
    `"overheadPool":${text(step.overheadPool)},"parentSpanId":${text(step.parentSpanId)},` +
    `"provider":${text(step.provider)},"requestId":${text(step.requestId)},"responseId":${text(step.responseId)},` +
    `"role":"${step.role}","roleReason":${text(step.roleReason)},"scopeName":${text(step.scopeName)},` +
    `"scopeVersion":${text(step.scopeVersion)},"serviceName":${text(step.serviceName)},` +
    `"serviceTier":${text(step.serviceTier)},"spanId":"${step.spanId}","startedAtNs":"${step.startedAtNs}",` +
    `"tool":${value(step.tool)},"traceId":"${step.traceId}","untraced":${usageText(step.untraced)},` +
    `"usage":${usageText(step.usage)},"usageFrom":${value(step.usageFrom)},` +
    `"usageSemantics":${value(step.usageSemantics)},"usageState":"${step.usageState}","v":1,`
  );
}

/** The personal members as one object: what `commitments.identity` commits to (`identityOf` of the record). */
export const identityText = ({
  conversationId,
  dimensions,
  errorType,
  name,
  workItemKeys,
}: StepText): string => `{${conversationId}${dimensions}${errorType}${name}${workItemKeys.slice(0, -1)}}`;

/** @param commitments that the record is to carry */
export function stepTexts(written: StepText, commitments: StepCommitments | undefined): StepTexts {
  const { head, conversationId, reading, dimensions, extent, errorType, call, name, source } = written;
  const { workItemKeys, workflowName } = written;
  const committed = `${head}${optional('commitments', commitments)}`;
  const record = whole([
    committed,
    conversationId,
    reading,
    dimensions,
    extent,
    errorType,
    call,
    name,
    source,
    workItemKeys,
    workflowName,
  ]);
  if (commitments === undefined) return { record, sealed: record };
  return { record, sealed: whole([committed, reading, extent, call, source, workflowName]) };
}

/** Joined, the text is one piece: added up, it would keep its hundred pieces alive until the batch is written. */
const whole = (members: readonly string[]): string => ['{', ...members, '}'].join('');

/** Most texts are ASCII with nothing to escape. */
const PLAIN = /^[ !#-[\]-~]*$/;

function text(member: string | null): string {
  if (member === null) return 'null';
  return PLAIN.test(member) ? `"${member}"` : JSON.stringify(member);
}

/** A member that is left out where it is absent. */
const optional = (name: string, member: object | undefined): string =>
  member === undefined ? '' : `"${name}":${value(member)},`;

/** Members of small objects in the order of their names; there is nothing but texts, nulls, lists and objects in them. */
function value(member: unknown): string {
  if (typeof member === 'string' || member === null) return text(member);
  if (typeof member !== 'object') return JSON.stringify(member);
  if (Array.isArray(member)) return member.length === 0 ? '[]' : `[${member.map(value).join(',')}]`;
  let members = '';
  for (const [name, each] of inOrder(Object.entries(member)))
    if (each !== undefined) members += `${members === '' ? '' : ','}${text(name)}:${value(each)}`;
  return `{${members}}`;
}

/** Most objects are made with their members in order, or have one. */
function inOrder(members: [string, unknown][]): [string, unknown][] {
  for (let at = 1; at < members.length; at += 1)
    if (members[at]![0] < members[at - 1]![0]) return members.sort(byName);
  return members;
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

const extraText = (extra: Step['extraUsage']): string =>
  extra.length === 0
    ? '[]'
    : `[${extra.map(({ line, model, usage }) => `{"line":"${line}","model":${text(model)},"usage":${usageText(usage)}}`).join(',')}]`;

const usageText = (usage: Usage | null): string =>
  usage === null
    ? 'null'
    : `{"tokens":${countsText(usage.tokens, TOKENS)},"units":${countsText(usage.units, UNITS)}}`;

function countsText<Name extends string>(
  counts: Readonly<Partial<Record<Name, bigint>>>,
  names: readonly Name[],
): string {
  let members = '';
  for (const name of names) {
    const count = counts[name];
    if (count !== undefined) members += `${members === '' ? '' : ','}"${name}":"${count}"`;
  }
  return `{${members}}`;
}
