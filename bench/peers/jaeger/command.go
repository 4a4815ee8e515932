//go:build tools

// Keeps the command in go.mod: `go build github.com/jaegertracing/jaeger/cmd/jaeger`.
package tools

import _ "github.com/jaegertracing/jaeger/cmd/jaeger"
