"""One attempt of an agent at one ticket: python send_spans.py [ticket]

Where to send, and the key, come from OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS.
"""

import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

ticket = sys.argv[1] if len(sys.argv) > 1 else "T-PYTHON"

provider = TracerProvider(resource=Resource.create({"service.name": "support-agent"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("support-agent")

with tracer.start_as_current_span("invoke_agent support-agent") as agent:
    agent.set_attribute("gen_ai.operation.name", "invoke_agent")
    agent.set_attribute("gen_ai.agent.name", "support-agent")
    agent.set_attribute("gen_ai.workflow.name", "support")
    agent.set_attribute("ticket.id", ticket)  # what ties the spend to the outcome
    with tracer.start_as_current_span("chat gpt-4.1", kind=trace.SpanKind.CLIENT) as call:
        call.set_attribute("gen_ai.operation.name", "chat")
        call.set_attribute("gen_ai.provider.name", "openai")
        call.set_attribute("gen_ai.request.model", "gpt-4.1")
        call.set_attribute("gen_ai.usage.input_tokens", 4200)
        call.set_attribute("gen_ai.usage.cache_read.input_tokens", 2048)
        call.set_attribute("gen_ai.usage.output_tokens", 310)

provider.force_flush()  # an export that is not acknowledged is logged by the SDK
provider.shutdown()
print(f"made an attempt at ticket {ticket}")
