// One attempt of an agent at one ticket: go run . [ticket]
//
// Where to send, and the key, come from OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func main() {
	ticket := "T-GO"
	if len(os.Args) > 1 {
		ticket = os.Args[1]
	}
	if err := send(context.Background(), ticket); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("sent an attempt at ticket %s\n", ticket)
}

func send(ctx context.Context, ticket string) error {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "support-agent"))),
	)
	tracer := provider.Tracer("support-agent")

	ctx, agent := tracer.Start(ctx, "invoke_agent support-agent", trace.WithAttributes(
		attribute.String("gen_ai.operation.name", "invoke_agent"),
		attribute.String("gen_ai.agent.name", "support-agent"),
		attribute.String("gen_ai.workflow.name", "support"),
		attribute.String("ticket.id", ticket), // what ties the spend to the outcome
	))
	_, call := tracer.Start(ctx, "chat gpt-4.1", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("gen_ai.operation.name", "chat"),
		attribute.String("gen_ai.provider.name", "openai"),
		attribute.String("gen_ai.request.model", "gpt-4.1"),
		attribute.Int("gen_ai.usage.input_tokens", 4200),
		attribute.Int("gen_ai.usage.cache_read.input_tokens", 2048),
		attribute.Int("gen_ai.usage.output_tokens", 310),
	))
	call.End()
	agent.End()
	// An error here means that the spans were not acknowledged.
	if err := provider.ForceFlush(ctx); err != nil {
		return err
	}
	return provider.Shutdown(ctx)
}
