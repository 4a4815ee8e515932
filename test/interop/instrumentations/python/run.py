"""Runs programs against the provider stub with the instrumentations named, and exports their spans by OTLP/HTTP.

Usage: run.py MODULE... < JOBS. Each line of the input is a job {"program", "instrumentations", "stubUrl", "ticket",
"environment"}; each line of the output is its failure as a JSON text, or null. Where the spans go, the key and the
resource are in the job's environment, by the names that OpenTelemetry defines, as operators set them. The ticket is the
key of a work item that a span around the program names; null for none.

Every job runs in a process of its own, forked once the modules named are imported: that takes longer than the jobs.
"""

import importlib
import json
import os
import sys
import tempfile
import traceback

import instrumentations
import programs


def run(job):
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    stub_url, ticket = job["stubUrl"], job["ticket"]
    os.environ |= job["environment"]
    os.environ |= {
        "OPENAI_API_KEY": "sk-stub",
        "OPENAI_BASE_URL": f"{stub_url}/v1",
        "ANTHROPIC_API_KEY": "sk-ant-stub",
        "ANTHROPIC_BASE_URL": stub_url,
    }
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    for name in job["instrumentations"]:
        getattr(instrumentations, name)(provider)
    program = getattr(programs, job["program"])
    if ticket is None:
        program(stub_url)
    else:
        attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "refund_desk", "ticket.id": ticket}
        tracer = provider.get_tracer("refund_desk")
        with tracer.start_as_current_span("invoke_agent refund_desk", attributes=attributes):
            program(stub_url)
    provider.shutdown()


def run_apart(job):
    """What the job writes is its own affair, and shown only where it fails."""
    with tempfile.TemporaryFile("w+") as output:
        child = os.fork()
        if child == 0:
            status = 0
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            try:
                run(job)
            except BaseException:
                traceback.print_exc()
                status = 1
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
        _, status = os.waitpid(child, 0)
        output.seek(0)
        return None if status == 0 else output.read()


# Else LiteLLM fetches its price list before its first call.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
for module in sys.argv[1:]:
    importlib.import_module(module)
for line in sys.stdin:
    print(json.dumps(run_apart(json.loads(line))), flush=True)
