// What the soak sends and asks, each until it is acknowledged.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { importPriceCsv } from '#pricing';
import { createTenant, inTransaction, insertApiKey, recordPriceBook } from '#store';

/** Between two tickets of a sender. */
const PAUSE_MS = 40;

/** A tenant with a key that may do all the soak does. */
export async function newTenant(run, slug) {
  const tenantId = await createTenant(run.db, `soak-${slug}`);
  const text = `olk_${randomBytes(24).toString('hex')}`;
  await inTransaction(run.db, (client) =>
    insertApiKey(client, {
      tenantId,
      keyId: randomUUID(),
      newPrincipalId: randomUUID(),
      principalName: 'soak',
      secretHash: createHash('sha256').update(text).digest(),
      roles: ['admin', 'spans', 'outcomes'],
      sources: null,
      kinds: null,
      isBootstrap: false,
    }),
  );
  const tenant = { tenantId, authorization: `Bearer ${text}`, spans: 0, outcomes: 0, tickets: 0 };
  await changePrice(run, tenant);
  return tenant;
}

/** A ticket's trace, now and then a late span of it, and its outcome; each until it is acknowledged. */
export async function sendTickets(run, tenant, otlp, api) {
  const { counts } = run;
  while (!run.isOver()) {
    const n = (tenant.tickets += 1);
    const ticket = `T${n}`;
    const trace = traceOf(ticket);
    await sendSpans(run, tenant, otlp, trace.spans);
    const event = {
      specversion: '1.0',
      id: ticket,
      source: '/soak',
      type: 'ticket.resolved',
      subject: ticket,
    };
    const body = JSON.stringify({ ...event, time: new Date().toISOString() });
    if (await untilTaken(run, `${api}/v1/outcomes`, tenant, body, 'application/cloudevents+json')) {
      tenant.outcomes += 1;
      counts.outcomesAcknowledged += 1;
    }
    if (n % 7 === 0) {
      await sendSpans(run, tenant, otlp, [trace.late]);
      counts.lateSpans += 1;
    }
    await sleep(PAUSE_MS);
  }
}

async function sendSpans(run, tenant, otlp, spans) {
  if (!(await untilTaken(run, otlp, tenant, spansBody(spans), 'application/json'))) return;
  // Only now: senders share the tenant, and `sum += await ...` reads the sum before it waits.
  tenant.spans += spans.length;
  run.counts.spansAcknowledged += spans.length;
}

/** @returns whether it was acknowledged; what is neither that nor asks for patience is a problem */
async function untilTaken(run, url, { authorization }, body, type) {
  const { counts, problems } = run;
  for (let attempt = 1; ; attempt += 1) {
    if (attempt === 2) counts.repeated += 1;
    const status = await fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body,
    }).then(
      async (answer) => (await answer.arrayBuffer(), answer.status),
      () => 0,
    );
    if (status >= 200 && status < 300) return true;
    if (![0, 429, 503].includes(status)) {
      problems.push(`${url} answered with ${status}`);
      return false;
    }
    await sleep(50);
  }
}

function traceOf(ticket) {
  const traceId = randomBytes(16).toString('hex');
  const root = randomBytes(8).toString('hex');
  const endMs = Date.now();
  const text = (key, value) => ({ key, value: { stringValue: value } });
  const span = (spanId, parentSpanId, name, attributes) => ({
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: 1,
    startTimeUnixNano: String(BigInt(endMs - 1000) * 1_000_000n),
    endTimeUnixNano: String(BigInt(endMs - 1) * 1_000_000n),
    attributes,
  });
  const call = () =>
    span(randomBytes(8).toString('hex'), root, 'chat m', [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.request.model', 'm'),
      text('gen_ai.response.id', randomUUID()),
      text('gen_ai.output.messages', 'x'.repeat(400)),
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '1000' } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: '10' } },
    ]);
  const agent = span(root, undefined, 'invoke_agent', [
    text('gen_ai.operation.name', 'invoke_agent'),
    text('workflow.name', 'support'),
    text('ticket.id', ticket),
  ]);
  return { spans: [agent, call(), call(), call()], late: call() };
}

function spansBody(spans) {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'soak' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'soak' }, spans }] }] });
}

/** From now on another price: what was posted before stays. */
export async function changePrice({ db, counts }, { tenantId }) {
  const price = 1 + (counts.prices % 5);
  const from = counts.prices < 2 ? '' : new Date().toISOString();
  const csv = `provider,model,valid_from,input_per_million,output_per_million\nopenai,m,${from},${price},${price}\n`;
  await inTransaction(db, (client) =>
    recordPriceBook(client, {
      tenantId,
      book: 'soak',
      source: 'soak',
      rows: importPriceCsv(csv).rows,
      mode: { kind: 'add' },
      createdBy: null,
      recordedAtUs: BigInt(Date.now()) * 1000n,
    }),
  );
  counts.prices += 1;
}

/** A report, while its figures move. */
export async function readReport({ counts, problems }, { authorization }, api) {
  counts.reports += 1;
  const day = 86_400_000;
  const [from, to] = [Date.now() - 2 * day, Date.now() + day].map((at) =>
    new Date(at).toISOString().slice(0, 10),
  );
  const url = `${api}/v1/reports/cost-per-outcome?from=${from}&to=${to}&group_by=workflow`;
  const status = await fetch(url, { headers: { authorization } }).then(
    async (answer) => (await answer.arrayBuffer(), answer.status),
    () => 0,
  );
  if ([0, 429, 503].includes(status)) counts.reportsRefused += 1;
  else if (status !== 200) problems.push(`a report was answered with ${status}`);
}

/** A bundle of two tickets. */
export async function askExport({ counts, problems }, { authorization, tickets }, api) {
  if (tickets < 10) return;
  const scope = { kind: 'work_items', workItems: ['ticket:T1', 'ticket:T2'] };
  const status = await fetch(`${api}/v1/exports`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ scope, purpose: 'soak' }),
  }).then(
    async (answer) => (await answer.arrayBuffer(), answer.status),
    () => 0,
  );
  if (status >= 200 && status < 300) counts.exports += 1;
  // 409, 422: nothing of it is sealed yet
  else if (![0, 404, 409, 422, 429, 503].includes(status))
    problems.push(`an export was answered with ${status}`);
}
