// How each instrumentation is switched on, by its own documentation.

/** ES modules are not patched on import, so the client is handed over, as both projects document. */
async function patchOpenAi(instrumentation, provider) {
  const { default: OpenAI } = await import('openai');
  instrumentation.setTracerProvider(provider);
  instrumentation.manuallyInstrument(OpenAI);
}

export const instrumentations = {
  /** The AI SDK writes spans itself: versions 5 and 6 where a call asks for it. */
  aiSdk: async () => {},

  /** From version 7 on its spans come from a package of their own. */
  aiSdkOtel: async () => {
    const [{ OpenTelemetry }, { registerTelemetry }] = await Promise.all([
      import('@ai-sdk/otel'),
      import('ai-7'),
    ]);
    registerTelemetry(new OpenTelemetry());
  },

  openLlmetry: async (provider) => {
    const { OpenAIInstrumentation } = await import('@traceloop/instrumentation-openai');
    await patchOpenAi(new OpenAIInstrumentation(), provider);
  },

  openInference: async (provider) => {
    const { OpenAIInstrumentation } = await import('@arizeai/openinference-instrumentation-openai');
    await patchOpenAi(new OpenAIInstrumentation(), provider);
  },
};
