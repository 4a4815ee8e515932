import type { SpanId, TraceId } from '#model';
import type { Client, Queryable } from '../connection/database.ts';
import { spanIdFromInt8, spanIdToInt8, traceIdFromUuid } from '../connection/hex-id.ts';
import { timestampFromUs } from '../connection/timestamp.ts';

/** The verdict over an attempt in a trace. USD in pico. */
export interface RunWasteRow {
  readonly traceId: TraceId;
  readonly attemptId: string;
  readonly totalPico: bigint;
  readonly essentialPico: bigint;
  readonly wastePico: bigint;
  readonly withContentPico: bigint;
  readonly afterWarningPico: bigint | null;
  readonly billedInputTokens: bigint;
  readonly uniqueInputTokens: bigint;
  readonly cacheReadTokens: bigint;
  readonly essentialSpans: readonly SpanId[];
  readonly offered: readonly {
    readonly tool: string;
    readonly calls: number;
    readonly essentialPico: bigint;
    readonly unprovenPico: bigint;
  }[];
  readonly outputs: readonly { readonly step: string; readonly tokens: bigint; readonly costPico: bigint }[];
  readonly rules: string;
}

/** A rule that flags a step of a run. */
export interface WasteFindingRow {
  readonly traceId: TraceId;
  readonly attemptId: string;
  readonly spanId: SpanId;
  readonly startedAtUs: bigint;
  readonly rule: string;
  readonly state: string;
  readonly reason: string;
  readonly because: readonly SpanId[];
  readonly costOf: readonly SpanId[];
  readonly foundPico: bigint | null;
  readonly wastePico: bigint;
}

/** What is linked to no attempt is judged under this id. */
export const NO_ATTEMPT = '00000000-0000-0000-0000-000000000000';

/** Says anew what is judged of these traces, all of their runs. */
export async function replaceRunWaste(
  client: Client,
  tenantId: bigint,
  traceIds: readonly TraceId[],
  runs: readonly RunWasteRow[],
  findings: readonly WasteFindingRow[],
): Promise<void> {
  for (const table of ['waste_findings', 'run_waste'] as const)
    await client.query({
      name: `clear-${table}`,
      text: `DELETE FROM ${table} WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])`,
      values: [tenantId, traceIds],
    });
  if (runs.length > 0) await insertRuns(client, tenantId, runs);
  if (findings.length > 0) await insertFindings(client, tenantId, findings);
}

/** Lists go as JSON: PostgreSQL has no array of arrays of different lengths. */
async function insertRuns(client: Client, tenantId: bigint, runs: readonly RunWasteRow[]): Promise<void> {
  await client.query({
    name: 'insert-run-waste',
    text: `
INSERT INTO run_waste (tenant_id, trace_id, attempt_id, total, essential, waste, with_content, after_warning, billed_input,
                       unique_input, cache_read, essential_spans, offered, output_steps, output_tokens, output_pico, rules)
SELECT $1, r.* FROM jsonb_to_recordset($2::jsonb) AS r (
  trace_id uuid, attempt_id uuid, total numeric, essential numeric, waste numeric, with_content numeric,
  after_warning numeric, billed_input bigint, unique_input bigint, cache_read bigint, essential_spans bigint[],
  offered jsonb, output_steps text[], output_tokens bigint[], output_pico numeric[], rules text)`,
    values: [tenantId, JSON.stringify(runs.map(toJson))],
  });
}

const toJson = (run: RunWasteRow) => ({
  trace_id: run.traceId,
  attempt_id: run.attemptId,
  total: run.totalPico.toString(),
  essential: run.essentialPico.toString(),
  waste: run.wastePico.toString(),
  with_content: run.withContentPico.toString(),
  after_warning: run.afterWarningPico?.toString() ?? null,
  billed_input: run.billedInputTokens.toString(),
  unique_input: run.uniqueInputTokens.toString(),
  cache_read: run.cacheReadTokens.toString(),
  essential_spans: run.essentialSpans.map((spanId) => spanIdToInt8(spanId).toString()),
  offered:
    run.offered.length === 0
      ? null
      : run.offered.map(({ tool, calls, essentialPico, unprovenPico }) => ({
          tool,
          calls,
          essential: essentialPico.toString(),
          unproven: unprovenPico.toString(),
        })),
  output_steps: run.outputs.map(({ step }) => step),
  output_tokens: run.outputs.map(({ tokens }) => tokens.toString()),
  output_pico: run.outputs.map(({ costPico }) => costPico.toString()),
  rules: run.rules,
});

async function insertFindings(
  client: Client,
  tenantId: bigint,
  findings: readonly WasteFindingRow[],
): Promise<void> {
  const spans = (ids: readonly SpanId[]): string[] => ids.map((spanId) => spanIdToInt8(spanId).toString());
  await client.query({
    name: 'insert-waste-findings',
    text: `
INSERT INTO waste_findings (tenant_id, trace_id, attempt_id, span_id, started_at, rule, state, reason, because, cost_of, found, waste)
SELECT $1, r.* FROM jsonb_to_recordset($2::jsonb) AS r (
  trace_id uuid, attempt_id uuid, span_id bigint, started_at timestamptz, rule text, state text, reason text,
  because bigint[], cost_of bigint[], found numeric, waste numeric)`,
    values: [
      tenantId,
      JSON.stringify(
        findings.map((finding) => ({
          trace_id: finding.traceId,
          attempt_id: finding.attemptId,
          span_id: spanIdToInt8(finding.spanId).toString(),
          started_at: timestampFromUs(finding.startedAtUs),
          rule: finding.rule,
          state: finding.state,
          reason: finding.reason,
          because: spans(finding.because),
          cost_of: spans(finding.costOf),
          found: finding.foundPico?.toString() ?? null,
          waste: finding.wastePico.toString(),
        })),
      ),
    ],
  });
}

/** What is judged of a run, for the page of one work item. */
export type JudgedRun = Pick<
  RunWasteRow,
  | 'traceId'
  | 'attemptId'
  | 'totalPico'
  | 'essentialPico'
  | 'wastePico'
  | 'withContentPico'
  | 'billedInputTokens'
  | 'uniqueInputTokens'
  | 'cacheReadTokens'
  | 'essentialSpans'
  | 'rules'
>;

/** The verdicts over runs of these traces, and what flags their steps, by trace, attempt, start and rule. */
export async function readJudgedRuns(
  db: Queryable,
  tenantId: bigint,
  traceIds: readonly TraceId[],
): Promise<{ readonly runs: JudgedRun[]; readonly findings: Omit<WasteFindingRow, 'startedAtUs'>[] }> {
  const runs = await db.query<JudgedRow>(
    `SELECT trace_id, attempt_id, total, essential, waste, with_content, billed_input, unique_input, cache_read,
            essential_spans, rules
       FROM run_waste WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[]) ORDER BY trace_id, attempt_id`,
    [tenantId, traceIds],
  );
  const findings = await db.query<FindingRow>(
    `SELECT trace_id, attempt_id, span_id, rule, state, reason, because, cost_of, found, waste
       FROM waste_findings WHERE tenant_id = $1 AND trace_id = ANY ($2::uuid[])
      ORDER BY started_at, trace_id, attempt_id, span_id, rule`,
    [tenantId, traceIds],
  );
  return { runs: runs.rows.map(toJudgedRun), findings: findings.rows.map(toFinding) };
}

interface JudgedRow {
  trace_id: string;
  attempt_id: string;
  total: string;
  essential: string;
  waste: string;
  with_content: string;
  billed_input: bigint;
  unique_input: bigint;
  cache_read: bigint;
  essential_spans: bigint[];
  rules: string;
}

const toJudgedRun = (row: JudgedRow): JudgedRun => ({
  traceId: traceIdFromUuid(row.trace_id),
  attemptId: row.attempt_id,
  totalPico: BigInt(row.total),
  essentialPico: BigInt(row.essential),
  wastePico: BigInt(row.waste),
  withContentPico: BigInt(row.with_content),
  billedInputTokens: row.billed_input,
  uniqueInputTokens: row.unique_input,
  cacheReadTokens: row.cache_read,
  essentialSpans: row.essential_spans.map(spanIdFromInt8),
  rules: row.rules,
});

interface FindingRow {
  trace_id: string;
  attempt_id: string;
  span_id: bigint;
  rule: string;
  state: string;
  reason: string;
  because: bigint[];
  cost_of: bigint[];
  found: string | null;
  waste: string;
}

const toFinding = (row: FindingRow): Omit<WasteFindingRow, 'startedAtUs'> => ({
  traceId: traceIdFromUuid(row.trace_id),
  attemptId: row.attempt_id,
  spanId: spanIdFromInt8(row.span_id),
  rule: row.rule,
  state: row.state,
  reason: row.reason,
  because: row.because.map(spanIdFromInt8),
  costOf: row.cost_of.map(spanIdFromInt8),
  foundPico: row.found === null ? null : BigInt(row.found),
  wastePico: BigInt(row.waste),
});
