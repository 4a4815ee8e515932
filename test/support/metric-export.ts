import { toKeyValues } from './log-export.ts';

type Plain = string | number | boolean;

/** A data point of a monotonic sum as a test sends it. */
export interface TestPoint {
  readonly metric: string;
  readonly startNs: bigint;
  readonly timeNs: bigint;
  /** An integer is sent as one, anything else as a double. */
  readonly value: number;
  readonly attributes: Readonly<Record<string, Plain>>;
}

/** An ExportMetricsServiceRequest as OTLP JSON: a metric per point, one resource, one scope. */
export function jsonMetrics(
  points: readonly TestPoint[],
  {
    temporality,
    service = 'claude-code',
  }: { readonly temporality: 'delta' | 'cumulative'; readonly service?: string },
): Buffer {
  const metrics = points.map(({ metric, startNs, timeNs, value, attributes }) => ({
    name: metric,
    sum: {
      aggregationTemporality: temporality === 'delta' ? 1 : 2,
      isMonotonic: true,
      dataPoints: [
        {
          startTimeUnixNano: startNs.toString(),
          timeUnixNano: timeNs.toString(),
          attributes: toKeyValues(attributes),
          ...(Number.isInteger(value) ? { asInt: String(value) } : { asDouble: value }),
        },
      ],
    },
  }));
  const resource = { attributes: toKeyValues({ 'service.name': service }) };
  return Buffer.from(
    JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: {}, metrics }] }] }),
  );
}
