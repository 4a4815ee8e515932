// What the agents do. Each call is answered, and billed, by the provider stub.
import { z } from 'zod';

const MODEL = 'gpt-5.2';
const CLAUDE = 'claude-sonnet-4-5';
const QUESTION = 'Where is the refund of order 4711?';

/** The same agent in three majors of the AI SDK: a tool loop, a stream, an object, an embedding; then another provider. */
async function aiSdk(major) {
  const [ai, { createOpenAI }, { createAnthropic }] = await Promise.all([
    import(`ai-${major}`),
    import(`openai-${major}`),
    import(`anthropic-${major}`),
  ]);
  const openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL });
  const anthropic = createAnthropic({ baseURL: process.env.ANTHROPIC_BASE_URL });
  const isOwnPackage = major === 7;
  const telemetry = isOwnPackage
    ? { telemetry: { isEnabled: true, functionId: 'refund_desk' } }
    : { experimental_telemetry: { isEnabled: true, functionId: 'refund_desk' } };
  const find_order = ai.tool({
    description: 'Finds an order',
    inputSchema: z.object({ order: z.string() }),
    execute: async ({ order }) => `order ${order}: refunded`,
  });
  for (const model of [openai.chat(MODEL), openai.responses(MODEL), anthropic(CLAUDE)]) {
    await ai.generateText({
      model,
      prompt: QUESTION,
      tools: { find_order },
      stopWhen: ai.stepCountIs(3),
      ...telemetry,
    });
    const { textStream } = ai.streamText({ model, prompt: QUESTION, ...telemetry });
    for await (const part of textStream) void part;
  }
  await ai.generateText({ model: anthropic(CLAUDE), prompt: `[1h] ${QUESTION}`, ...telemetry });
  await ai.embed({
    model:
      openai.textEmbeddingModel?.('text-embedding-3-small') ?? openai.embedding('text-embedding-3-small'),
    value: 'refund',
    ...telemetry,
  });
}

async function openAi() {
  const { default: OpenAI } = await import('openai');
  const client = new OpenAI();
  const messages = [{ role: 'user', content: QUESTION }];
  await client.chat.completions.create({ model: MODEL, messages });
  const stream = await client.chat.completions.create({
    model: MODEL,
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const part of stream) void part;
  await client.embeddings.create({ model: 'text-embedding-3-small', input: 'refund' });
}

export const programs = {
  aiSdk5: () => aiSdk(5),
  aiSdk6: () => aiSdk(6),
  aiSdk7: () => aiSdk(7),
  openAi,
};
