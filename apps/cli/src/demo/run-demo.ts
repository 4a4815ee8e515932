import { openDatabase } from '#store';
import { ApiClient } from './api-client.ts';
import { DEMO_TENANT, makeDemoKeys } from './demo-keys.ts';
import { readFigures, REPORT_PATH, type Figures } from './read-figures.ts';
import { recordBaselines } from './record-baselines.ts';
import { recordPolicies } from './record-policies.ts';
import { claimsWorkflow, ticketsWorkflow, type Workflow } from './scenario.ts';
import { sendCostLines } from './send-cost-lines.ts';
import { sendOutcomes } from './send-outcomes.ts';
import { sendSpans } from './send-spans.ts';
import { untilSettled } from './settle.ts';
import { showSentence, showTable } from './show-figures.ts';

/** A running service, as one reaches it from outside; and its database, where keys are made. */
export interface DemoTarget {
  readonly connection: string;
  readonly apiUrl: string;
  readonly otlpUrl: string;
  readonly workerUrl: string;
  /** TRACE_QUIET_MS of the service. */
  readonly traceQuietMs: number;
}

export interface DemoResult {
  readonly figures: readonly Figures[];
  /** Table, sentences and where to look next; ends with an end of line. */
  readonly text: string;
}

/**
 * Sends a month of two agents' work and what became of it into the tenant `demo`, over the same endpoints that
 * anybody uses, and asks what the outcomes cost. Idempotent: the same spans and events are sent each time.
 *
 * Outcomes of claims arrive before the spans they belong to, those of tickets after them, and some of both only
 * when everything else has been worked through: the order makes no difference.
 */
export async function runDemo(target: DemoTarget): Promise<DemoResult> {
  const db = await openDatabase(target.connection, {
    maxConnections: 1,
    applicationName: 'outcome-ledger demo',
  });
  const keys = await makeDemoKeys(db).finally(() => db.close());
  const tickets = ticketsWorkflow();
  const claims = claimsWorkflow();
  const workflows = [tickets, claims];
  const helpdesk = new ApiClient(target.apiUrl, keys.helpdesk);
  const claimsSystem = new ApiClient(target.apiUrl, keys.claimsSystem);

  const controller = new ApiClient(target.apiUrl, keys.controller);
  await recordBaselines(controller, workflows);
  await recordPolicies(controller, workflows);
  await sendOutcomes(claimsSystem, claims, false);
  for (const workflow of workflows) await sendSpans(workflow, target.otlpUrl, keys.agents);
  await sendOutcomes(helpdesk, tickets, false);
  await sendCostLines(helpdesk, tickets);
  await sendCostLines(claimsSystem, claims);
  await untilSettled(target.workerUrl, target.traceQuietMs);
  await sendOutcomes(helpdesk, tickets, true);
  await sendOutcomes(claimsSystem, claims, true);
  await untilSettled(target.workerUrl, 0);

  const figures = await readFigures(new ApiClient(target.apiUrl, keys.reader), workflows);
  const text = [
    '',
    'What the outcomes of two agents cost: simulated work of October 2026 at list prices, retries and failures included',
    '',
    showTable(figures),
    '',
    ...figures.map(showSentence),
    '',
    ...whereToLook(target.apiUrl, keys.reader, workflows),
    '',
  ].join('\n');
  return { figures, text };
}

function whereToLook(apiUrl: string, key: string, workflows: readonly Workflow[]): string[] {
  const { kind, key: item } = workflows
    .flatMap(({ cases }) => cases)
    .reduce((most, each) => (each.runs.length >= most.runs.length ? each : most));
  const ask = (path: string): string => `  curl -H "Authorization: Bearer $KEY" '${apiUrl}${path}'`;
  return [
    `Look further, with a key that reads the tenant ${DEMO_TENANT}:`,
    `  KEY=${key}`,
    `  ${apiUrl}/console/${DEMO_TENANT}/   # in a browser: sign in with the key`,
    ask(REPORT_PATH),
    `${ask(`/v1/work-items/${kind}/${item}/cost`)}   # every call, price and event behind one figure`,
    `${ask(`/v1/work-items/${kind}/${item}/trail`)}   # what was done, step by step`,
    `${ask('/v1/set-aside?kind=unpriced')}   # what cannot be priced yet`,
    `  ${apiUrl}/docs   # the whole API`,
  ];
}
