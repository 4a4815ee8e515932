import type { SpanNote } from './gen-ai-spans.ts';

const MODEL = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'desk-model',
};
/** Attributes of a span that calls a tool. */
export const tool = (name: string): Record<string, string> => ({
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': name,
});

const AGENT = {
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.agent.name': 'refunds',
  'workflow.name': 'support',
};
const call = (id: string, input: number): Record<string, string | number> => ({
  ...MODEL,
  'gen_ai.response.id': id,
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': 0,
});

/** A refund: a lookup that times out, the same again, a document, a rule, and the refund itself. */
export function refund(trace: string, ticket: string, from = 0): SpanNote[] {
  const under = (n: number, attributes: SpanNote['attributes'], more: Partial<SpanNote> = {}): SpanNote => ({
    trace,
    id: `${trace}a${n}`,
    parent: `${trace}a0`,
    at: [from + 2 * n, from + 2 * n + 1],
    attributes,
    ...more,
  });
  return [
    { trace, id: `${trace}a0`, at: [from, from + 60], attributes: { ...AGENT, 'ticket.id': ticket } },
    under(1, call(`r1-${trace}`, 1000)),
    under(
      2,
      { ...tool('get_order'), 'gen_ai.tool.call.arguments': '{"order":7}', 'error.type': 'timeout' },
      { isError: true },
    ),
    under(3, {
      ...tool('get_order'),
      'gen_ai.tool.call.arguments': '{"order": 7}',
      'gen_ai.tool.call.result': 'paid 30 USD',
    }),
    under(
      4,
      {
        'gen_ai.operation.name': 'retrieval',
        'gen_ai.retrieval.documents':
          '[{"id":"refund-policy","content":"Refunds are paid within thirty days of the day on which the order was delivered."},{"id":"shipping-rates","content":"Parcels of up to two kilograms cost five dollars to anywhere in the country."}]',
      },
      { name: 'retrieval policies' },
    ),
    under(
      5,
      {
        ...call(`r2-${trace}`, 2000),
        'gen_ai.input.messages':
          '[{"role":"user","parts":[{"type":"text","content":"I want my money back"}]},{"role":"tool","parts":[{"type":"text","content":"Refunds are paid within thirty days of the day on which the order was delivered. Parcels of up to two kilograms cost five dollars to anywhere in the country."}]}]',
        'gen_ai.output.messages':
          '[{"role":"assistant","parts":[{"type":"text","content":"By refund-policy you get your money back."}]}]',
      },
      {
        events: [
          {
            name: 'decision.rule',
            attributes: { 'decision.id': 'REFUND-30D', 'decision.version': '5', 'decision.result': 'met' },
          },
        ],
      },
    ),
    under(6, { ...tool('pay_refund'), 'decision.tool.effect': 'confirmed' }),
  ];
}
