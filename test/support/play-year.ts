import { createHash } from 'node:crypto';
import { formatPico } from '#model';
import type { Desk } from './desk.ts';
import type {
  SimulatedBill,
  SimulatedEvent,
  SimulatedFact,
  SimulatedPrice,
  SimulatedRate,
  SimulatedTrace,
} from './simulated-year.ts';

const TRACES_PER_REQUEST = 400;
const EVENTS_PER_REQUEST = 1000;

/** Tells a tenant a fact of a simulated year, as its senders would. Telling it again changes nothing. */
export async function play(desk: Desk, fact: SimulatedFact): Promise<void> {
  switch (fact.what) {
    case 'traces':
      for (let n = 0; n < fact.traces.length; n += TRACES_PER_REQUEST)
        await sendTraces(desk, fact.traces.slice(n, n + TRACES_PER_REQUEST));
      return;
    case 'events':
      for (let n = 0; n < fact.events.length; n += EVENTS_PER_REQUEST)
        await desk.post(
          '/v1/outcomes',
          fact.events.slice(n, n + EVENTS_PER_REQUEST).map(toCloudEvent),
          'application/cloudevents-batch+json',
        );
      return;
    case 'prices':
      return sendFile(desk, '/v1/price-books?book=list&mode=add', toPriceCsv(fact.prices));
    case 'rate':
      await desk.post('/v1/fx-rates', { rates: [toRate(fact.rate)] });
      return;
    case 'bill':
      return sendFile(desk, billPath(fact.bill), toBillCsv(fact.bill));
  }
}

async function sendTraces(desk: Desk, traces: readonly SimulatedTrace[]): Promise<void> {
  const answer = await fetch(`${desk.service.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${desk.key}` },
    body: JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [text('service.name', 'company')] },
          scopeSpans: [{ scope: { name: 'company' }, spans: traces.flatMap(toSpans) }],
        },
      ],
    }),
  });
  const said = await answer.text();
  if (answer.status !== 200 || said !== '{}')
    throw new Error(`spans were answered with ${answer.status} ${said}`);
}

async function sendFile(desk: Desk, path: string, body: string): Promise<void> {
  const answer = await desk.service.api.call(path, {
    key: desk.key,
    body,
    headers: { 'content-type': 'text/csv' },
  });
  if (answer.status >= 300)
    throw new Error(`${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
  if (answer.body.refused.length > 0)
    throw new Error(`${path} refused ${JSON.stringify(answer.body.refused)}`);
}

const hex = (name: string, digits: number): string =>
  createHash('sha256').update(name).digest('hex').slice(0, digits);
const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const number = (key: string, value: number): object => ({ key, value: { intValue: String(value) } });

/** An agent, its call of a model, and a tool. */
function toSpans({ id, workflow, key, startedAtMs, inputTokens, outputTokens }: SimulatedTrace): object[] {
  const startNs = BigInt(startedAtMs) * 1_000_000n;
  const root = hex(`${id} agent`, 16);
  const span = (name: string, afterNs: bigint, attributes: object[]) => ({
    traceId: id,
    spanId: name === 'agent' ? root : hex(`${id} ${name}`, 16),
    ...(name === 'agent' ? {} : { parentSpanId: root }),
    name,
    kind: 1,
    startTimeUnixNano: (startNs + afterNs).toString(),
    endTimeUnixNano: (startNs + afterNs + 1_000_000_000n).toString(),
    attributes,
  });
  return [
    span('agent', 0n, [
      text('gen_ai.operation.name', 'invoke_agent'),
      text('workflow.name', workflow.name),
      text(`${workflow.kind}.id`, key),
    ]),
    span('call', 1n, [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', workflow.provider),
      text('gen_ai.request.model', workflow.model),
      text('gen_ai.response.id', hex(`${id} response`, 24)),
      number('gen_ai.usage.input_tokens', inputTokens),
      number('gen_ai.usage.output_tokens', outputTokens),
    ]),
    span('tool', 2n, [text('gen_ai.operation.name', 'execute_tool'), text('gen_ai.tool.name', 'lookup')]),
  ];
}

const toCloudEvent = ({ id, kind, key, verb, atMs }: SimulatedEvent) => ({
  specversion: '1.0',
  id,
  source: '/company',
  type: `${kind}.${verb}`,
  subject: key,
  time: new Date(atMs).toISOString(),
  data: {},
});

const toRate = ({ day, cents }: SimulatedRate) => ({
  base: 'EUR',
  quote: 'USD',
  rate: `1.${String(cents - 100).padStart(2, '0')}`,
  day,
  source: 'company',
});

/** Micro-units of a million tokens as decimal units. */
const units = (micro: number): string => formatPico(BigInt(micro) * 1_000_000n);

const toPriceCsv = (prices: readonly SimulatedPrice[]): string =>
  [
    'provider,model,currency,valid_from,valid_to,input_per_million,output_per_million',
    ...prices.map((p) =>
      [
        p.provider,
        p.model,
        p.currency,
        p.validFrom,
        p.validTo,
        units(p.inputMicro),
        units(p.outputMicro),
      ].join(','),
    ),
    '',
  ].join('\n');

const billPath = ({ month, number: invoice, totalPico, foreign }: SimulatedBill): string => {
  const isFor = foreign === null ? '' : `&charged_in=${foreign.chargedIn}&rate=${foreign.statedRate}`;
  return `/v1/invoices?format=csv&period=${month}&number=${invoice}&total=${formatPico(totalPico)}${isFor}`;
};

function toBillCsv({ provider, month, currency, lines, taxPico }: SimulatedBill): string {
  const next = new Date(`${month}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const last = new Date(next.getTime() - 1).toISOString().slice(0, 10);
  const line = (...cells: readonly string[]): string =>
    [provider, `${month}-01`, last, ...cells, currency].join(',');
  return [
    'provider,date,end_date,model,token_class,quantity,amount,category,currency',
    ...lines.map(({ model, tokenClass, quantity, amountPico }) =>
      line(model, tokenClass, quantity.toString(), formatPico(amountPico), 'usage'),
    ),
    ...(taxPico === 0n ? [] : [line('', '', '', formatPico(taxPico), 'tax')]),
    '',
  ].join('\n');
}
