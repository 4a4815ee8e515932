import type { Span } from '#model';
import { toText } from './attribute.ts';

/** Of OpenTelemetry's resource conventions: each is the same for all of a process, and no agent outlives its process. */
const PROCESS_KEYS = [
  'service.instance.id',
  'container.id',
  'k8s.pod.uid',
  'host.id',
  'host.name',
  'process.pid',
] as const;

/** @returns all that tells the process from others of its service; null where the resource tells nothing */
export function readProcessId({ attributes }: Span['resource']): string | null {
  const known = PROCESS_KEYS.map((key) => toText(attributes.get(key)));
  return known.some((text) => text !== null) ? JSON.stringify(known) : null;
}
