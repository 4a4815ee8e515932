"""How each instrumentation is switched on: by its own documentation, with nothing set that an operator would not set."""

import os


def openllmetry_openai(provider):
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)


def openllmetry_anthropic(provider):
    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

    AnthropicInstrumentor().instrument(tracer_provider=provider)


def openinference_openai(provider):
    from openinference.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)


def openinference_anthropic(provider):
    from openinference.instrumentation.anthropic import AnthropicInstrumentor

    AnthropicInstrumentor().instrument(tracer_provider=provider)


def openinference_langchain(provider):
    from openinference.instrumentation.langchain import LangChainInstrumentor

    LangChainInstrumentor().instrument(tracer_provider=provider)


def openinference_openai_agents(provider):
    from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

    OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)


def contrib_openai(provider):
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)


def contrib_openai_latest(provider):
    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
    contrib_openai(provider)


def contrib_google_genai(provider):
    from opentelemetry.instrumentation.google_genai import GoogleGenAiSdkInstrumentor

    GoogleGenAiSdkInstrumentor().instrument(tracer_provider=provider)


def pydantic_ai(provider):
    from pydantic_ai import Agent
    from pydantic_ai.models.instrumented import InstrumentationSettings

    Agent.instrument_all(InstrumentationSettings(tracer_provider=provider))


def litellm_callback(provider):
    import litellm

    litellm.callbacks = ["otel"]


def strands(provider):
    """Strands writes to the global provider by itself."""


def strands_without_calls(provider):
    """An operator who finds a span for each model call too many, and keeps those of the agents."""
    from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler

    class WithoutCalls(Sampler):
        def should_sample(self, parent_context, trace_id, name, *args, **kwargs):
            sampler = ALWAYS_OFF if name == "chat" else ALWAYS_ON
            return sampler.should_sample(parent_context, trace_id, name, *args, **kwargs)

        def get_description(self):
            return "WithoutCalls"

    provider.sampler = WithoutCalls()
