import { RejectedInput, toRef, type Ref } from '#model';
import type { JsonValue } from '../wire.ts';

const MAX_NAMED = 100;

/**
 * The traces and runs an outcome event says were work at its item (evidence tier E1): `traceId`, `traceIds`, `runId`
 * and `runIds` of its data.
 *
 * @returns refs of the kinds `trace` and `run`, without duplicates
 * @throws RejectedInput naming the member and the rule
 */
export function namedRuns(data: JsonValue, tenantId: bigint): Ref[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [];
  const traces = ['traceId', 'traceIds'].flatMap((name) => textsIn(data[name], `data.${name}`));
  const runs = ['runId', 'runIds'].flatMap((name) => textsIn(data[name], `data.${name}`));
  const refs = [
    ...traces.map(({ text, path }) => toRef('trace', tenantId, traceIdOf(text, path))),
    ...runs.map(({ text }) => toRef('run', tenantId, text)),
  ];
  return [...new Set(refs)];
}

function textsIn(value: JsonValue | undefined, path: string): { text: string; path: string }[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    if (value.length > MAX_NAMED) throw new RejectedInput('invalid', `names over ${MAX_NAMED}`, path);
    return value.flatMap((member, index) => textsIn(member, `${path}[${index}]`));
  }
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '' || text.length > 512)
    throw new RejectedInput('invalid', 'must be a string of 1 to 512 characters', path);
  return [{ text, path }];
}

function traceIdOf(text: string, path: string): string {
  const id = text.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(id) || /^0+$/.test(id))
    throw new RejectedInput('invalid', 'must be a W3C trace id: 32 hex digits, not all zero', path);
  return id;
}
