package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// tracing makes a span of each statement, from before it is sent until its last row was read, below the span of the
// context that it is executed under. Its attributes are those of the semantic conventions for databases.
func tracing(tracer trace.Tracer, server ...attribute.KeyValue) engine.Hooks {
	return engine.Hooks{
		BeforeExecute: func(ctx context.Context, e *engine.Event) (context.Context, error) {
			name, about := describe(e)
			ctx, _ = tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(e.Started),
				trace.WithAttributes(server...), trace.WithAttributes(about...))
			return ctx, nil
		},
		AfterExecute: func(ctx context.Context, e *engine.Event) {
			span := trace.SpanFromContext(ctx)
			if e.Err != nil {
				fail(span, e)
			}
			span.End()
		},
	}
}

// of says which server statements go to.
func of(cfg *hive.Config) []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.DBSystemNameHive, semconv.ServerAddress(cfg.Host), semconv.ServerPort(cfg.Port), semconv.DBNamespace(cfg.Database),
	}
}

// describe names a statement by what it does and to which tables, as the conventions want it: "SELECT flights airlines".
// The text is the template, which has no values in it, only a place for each.
func describe(e *engine.Event) (name string, about []attribute.KeyValue) {
	text := e.Statement.Template()
	operation, _, _ := strings.Cut(text, " ")
	tables := tablesOf(e.Node)
	name = strings.Join(append([]string{operation}, tables...), " ")
	about = []attribute.KeyValue{semconv.DBQueryText(text), semconv.DBOperationName(operation), semconv.DBQuerySummary(name)}
	if len(tables) == 1 {
		about = append(about, semconv.DBCollectionName(tables[0]))
	}
	if e.Rows > 1 { // of InsertMany
		about = append(about, semconv.DBOperationBatchSize(e.Rows))
	}
	return name, about
}

// tablesOf are the tables of a tree, in their order.
func tablesOf(n expr.Node) (names []string) {
	seen := map[string]bool{}
	expr.Walk(n, func(n expr.Node) bool {
		if ref, ok := n.(*expr.TableRef); ok && !seen[ref.Table.FullName()] {
			seen[ref.Table.FullName()] = true
			names = append(names, ref.Table.FullName())
		}
		return true
	})
	return names
}

// fail takes down an error. What a server says may quote the statement; where values are hidden, its code must do.
func fail(span trace.Span, e *engine.Event) {
	cause := e.Err
	for under := cause; under != nil; under = errors.Unwrap(under) {
		cause = under
	}
	kind := fmt.Sprintf("%T", cause)
	var failed *hive.Error
	if errors.As(e.Err, &failed) {
		kind = failed.SQLState
		span.SetAttributes(semconv.DBResponseStatusCode(failed.SQLState))
	}
	span.SetAttributes(semconv.ErrorTypeKey.String(kind))
	if e.Options.HideParameters {
		span.SetStatus(codes.Error, "")
		return
	}
	span.RecordError(e.Err)
	span.SetStatus(codes.Error, e.Err.Error())
}
