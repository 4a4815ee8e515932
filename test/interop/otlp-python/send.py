"""Sends two spans with the official OpenTelemetry SDK for Python and prints what it sent as JSON.

Usage: send.py http/protobuf|http/json|grpc SERVICE; endpoint, key and compression come from the environment, by the
names that OpenTelemetry defines (OTEL_EXPORTER_OTLP_...), as operators set them.
"""

import json
import sys

from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter as JsonExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as ProtobufExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

EXPORTERS = {"http/protobuf": ProtobufExporter, "http/json": JsonExporter, "grpc": GrpcExporter}

protocol, service = sys.argv[1:3]
exporter = EXPORTERS[protocol]()
provider = TracerProvider(resource=Resource.create({"service.name": service}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("agent", "1.2.3")
with tracer.start_as_current_span("invoke_agent support") as root:
    with tracer.start_as_current_span("chat gpt-5.2") as call:
        call.set_attribute("gen_ai.operation.name", "chat")
        call.set_attribute("gen_ai.usage.input_tokens", 1234)
        call.set_attribute("gen_ai.request.temperature", 0.25)
        call.set_attribute("gen_ai.request.stop_sequences", ["a", "ü"])
        call.set_attribute("streaming", True)
        call.add_event("retry", {"attempt": 1})
        call.set_status(Status(StatusCode.ERROR, "rate limited"))
provider.force_flush()
provider.shutdown()


def describe(span):
    return {
        "traceId": format(span.context.trace_id, "032x"),
        "spanId": format(span.context.span_id, "016x"),
        "startedAtNs": str(span.start_time),
        "endedAtNs": str(span.end_time),
    }


print(json.dumps({"root": describe(root), "call": describe(call)}))
