package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// traced is an engine on a real server, the spans of its statements, and a context within a span named report.
func traced(t *testing.T, o engine.Options) (context.Context, *engine.Engine, *tracetest.InMemoryExporter) {
	t.Helper()
	spans := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(spans))
	e, err := open(hivetest.Shared(t, hivetest.Hive401).DSN(), provider, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, report := provider.Tracer("test").Start(t.Context(), "report")
	t.Cleanup(func() {
		report.End()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return ctx, e, spans
}

// one is the only span that has ended, and its attributes as text, by name. The exporter forgets it.
func one(t *testing.T, ctx context.Context, spans *tracetest.InMemoryExporter) (tracetest.SpanStub, map[string]string) {
	t.Helper()
	ended := spans.GetSpans()
	spans.Reset()
	if len(ended) != 1 {
		t.Fatalf("%d spans have ended, want 1", len(ended))
	}
	parent := trace.SpanContextFromContext(ctx)
	if got := ended[0].Parent; got.SpanID() != parent.SpanID() || got.TraceID() != parent.TraceID() {
		t.Errorf("%s is below %v, want it below %v", ended[0].Name, got.SpanID(), parent.SpanID())
	}
	attributes := map[string]string{}
	for _, a := range ended[0].Attributes {
		attributes[string(a.Key)] = a.Value.String()
	}
	for _, key := range []string{"server.address", "server.port"} {
		if attributes[key] == "" {
			t.Errorf("%s has no %s", ended[0].Name, key)
		}
		delete(attributes, key)
	}
	return ended[0], attributes
}

// TestTracing: statements are spans below that of their context, until their last row was read. Values are in none.
func TestTracing(t *testing.T) {
	ctx, e, spans := traced(t, engine.Options{})
	people := schema.NewTable(nil, fmt.Sprintf("otel_people_%d", os.Getpid()), schema.Col("name", schema.String))
	name := expr.Col[expr.String](expr.T(people), "name")

	if _, err := e.Exec(ctx, ddl.CreateTable(people)); err != nil {
		t.Fatal(err)
	}
	spans.Reset()
	defer func() {
		if _, err := e.Exec(context.WithoutCancel(ctx), ddl.DropTable(people)); err != nil {
			t.Error(err)
		}
	}()
	_, err := engine.InsertMany[[]any](ctx, e, expr.Insert(expr.T(people)).Columns(name), [][]any{{"s3cret"}, {"other"}}, engine.BatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, got := one(t, ctx, spans)
	want := map[string]string{
		"db.system.name": "hive", "db.namespace": "default", "db.collection.name": people.Name, "db.operation.name": "INSERT",
		"db.query.summary": "INSERT " + people.Name, "db.operation.batch.size": "2",
		"db.query.text": "INSERT INTO TABLE " + people.Name + " (name) VALUES (?)",
	}
	if s.Name != "INSERT "+people.Name || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got  %v\nwant %v", s.Name, got, want)
	}

	res, err := e.Query(ctx, expr.Select(name).Where(name.Eq("s3cret")))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(spans.GetSpans()); n != 0 {
		t.Errorf("%d spans have ended before the rows were read", n)
	}
	if rows, err := res.All(ctx); err != nil || len(rows) != 1 {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
	s, got = one(t, ctx, spans)
	text := fmt.Sprintf("SELECT %[1]s.name FROM %[1]s WHERE %[1]s.name = ?", people.Name)
	if got["db.query.text"] != text || s.Status.Code != codes.Unset {
		t.Errorf("got %q, status %v; want %q", got["db.query.text"], s.Status, text)
	}
}

// TestTracingErrors: an error has the server's code and, unless values are to be hidden, its words.
func TestTracingErrors(t *testing.T) {
	ctx, e, spans := traced(t, engine.Options{HideParameters: true})
	missing := expr.Text("SELECT * FROM otel_missing WHERE name = :name", expr.P("name", "s3cret"))
	if _, err := e.Query(ctx, missing); err == nil {
		t.Fatal("there is such a table")
	}
	s, got := one(t, ctx, spans)
	if s.Status.Code != codes.Error || got["error.type"] != "42S02" || got["db.response.status_code"] != "42S02" {
		t.Errorf("status %v, attributes %v; want an error 42S02", s.Status, got)
	}
	if all := fmt.Sprintf("%+v", s); strings.Contains(all, "s3cret") || len(s.Events) > 0 {
		t.Errorf("the server's words are in %s", all)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := e.Query(ended, missing); err == nil {
		t.Fatal("a context that has ended ends nothing")
	}
	if s, got = one(t, ctx, spans); s.Status.Code != codes.Error || got["error.type"] != "*errors.errorString" {
		t.Errorf("status %v, attributes %v; want an error of a context", s.Status, got)
	}

	ctx, e, spans = traced(t, engine.Options{})
	_, err := e.Query(ctx, missing)
	if s, _ = one(t, ctx, spans); err == nil || s.Status.Description != err.Error() || len(s.Events) != 1 {
		t.Errorf("status %q, events %v; want the error %v", s.Status.Description, s.Events, err)
	}
}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out, hivetest.Shared(t, hivetest.Hive401).DSN()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"greeting\n--------\nhello\n", `span "SELECT" below `, "db.query.text = SELECT ? AS greeting\n", `span "report" below 0000000000000000`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, out.String())
		}
	}
}
