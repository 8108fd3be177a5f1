// Command otel shows statements as spans of OpenTelemetry: the hooks are in tracing.go, to be copied. It prints the spans
// of a query, which are below one of the program.
//
//	go run .                                      # starts a real Hive of its own; needs Java and Maven
//	go run . -dsn hive://user@host:10000/default  # or use yours
//
// It is a module of its own, so that skep does not depend on OpenTelemetry.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	sdk "go.opentelemetry.io/otel/sdk/trace"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/examples/internal/server"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

func main() {
	dsn := flag.String("dsn", os.Getenv("SKEP_HIVE_DSN"), "data source name of the `server`; empty starts one")
	flag.Parse()
	ctx := context.Background()
	if err := server.On(ctx, *dsn, func(dsn string) error { return run(ctx, os.Stdout, dsn) }); err != nil {
		fmt.Fprintln(os.Stderr, "otel:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, dsn string) error {
	provider := sdk.NewTracerProvider(sdk.WithSyncer(printer{out})) // yours has an exporter for where the spans go
	e, err := open(dsn, provider, engine.Options{HideParameters: true})
	if err != nil {
		return err
	}
	defer e.Close()

	ctx, span := provider.Tracer("example").Start(ctx, "report")
	defer span.End()
	res, err := e.Query(ctx, expr.Text("SELECT :greeting AS greeting", expr.P("greeting", "hello")))
	if err != nil {
		return err
	}
	return res.WriteTable(ctx, out)
}

// open makes an engine whose statements are spans.
func open(dsn string, provider *sdk.TracerProvider, o engine.Options) (*engine.Engine, error) {
	cfg, err := hive.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	target, err := skep.Target(cfg, dialect.New(dialect.Hive40))
	if err != nil {
		return nil, err
	}
	o.Hooks = append(o.Hooks, tracing(provider.Tracer("github.com/skep-go/skep"), of(cfg)...))
	return engine.OpenTarget(target, engine.Config{Options: o}), nil
}

// printer is an exporter that prints spans.
type printer struct{ out io.Writer }

// ExportSpans implements sdk.SpanExporter.
func (p printer) ExportSpans(_ context.Context, spans []sdk.ReadOnlySpan) error {
	for _, s := range spans {
		fmt.Fprintf(p.out, "span %q below %s: %v\n", s.Name(), s.Parent().SpanID(), s.EndTime().Sub(s.StartTime()))
		for _, a := range s.Attributes() {
			fmt.Fprintf(p.out, "  %s = %s\n", a.Key, a.Value.String())
		}
	}
	return nil
}

// Shutdown implements sdk.SpanExporter.
func (printer) Shutdown(context.Context) error { return nil }
