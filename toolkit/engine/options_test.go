package engine

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// saysAll says everything, in one of several ways.
func saysAll(n int, name string) Options {
	return Options{
		FetchSize: n, YieldPer: n, RawNames: true,
		Schemas: map[string]string{name: name, "all": name}, Cache: compile.NewCache(compile.ANSI{}, n),
		StatementConf: map[string]string{name: name, "all": name}, Timeout: time.Duration(n), Tag: name,
		OnProgress: func(Progress) {}, OnLog: func(string) {},
		Carrier:       func(ctx context.Context, _ DriverOptions) (context.Context, error) { return ctx, nil },
		Decoders:      func(Column) func(any) (any, error) { return nil },
		CartesianLint: Lint(n), PartitionLint: Lint(n), DryRun: true, HideParameters: true,
		Logger: slog.New(slog.DiscardHandler), LogLevel: slog.Level(n), Hooks: []Hooks{{}},
	}
}

// TestOptionsMerge goes over all fields, so that none is forgotten: what is said later counts, and what is not said changes
// nothing.
func TestOptionsMerge(t *testing.T) {
	first, second := saysAll(1, "first"), saysAll(2, "second")
	for i := range reflect.TypeFor[Options]().NumField() {
		field := reflect.TypeFor[Options]().Field(i).Name
		at := func(o Options) any {
			v := reflect.ValueOf(o).FieldByName(field)
			if v.Kind() == reflect.Func {
				return v.Pointer()
			}
			return v.Interface()
		}
		if field == "NoCache" {
			continue // it is below: it and Cache exclude each other
		}
		if got := at(first.merge(Options{})); !reflect.DeepEqual(got, at(first)) {
			t.Errorf("%s: got %v where nothing more was said, want %v", field, got, at(first))
		}
		if got := at(Options{}.merge(first)); !reflect.DeepEqual(got, at(first)) {
			t.Errorf("%s: got %v where it was said later, want %v", field, got, at(first))
		}
		want := at(second)
		switch field {
		case "Schemas", "StatementConf":
			want = map[string]string{"first": "first", "second": "second", "all": "second"}
		case "Hooks":
			want = []Hooks{{}, {}}
		}
		if got := at(first.merge(second)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v where it was said twice, want %v", field, got, want)
		}
	}
	if !maps.Equal(first.Schemas, saysAll(1, "first").Schemas) {
		t.Errorf("the options were changed: %v", first.Schemas)
	}
	if o := first.merge(Options{NoCache: true}); !o.NoCache {
		t.Error("NoCache was said, and is not there")
	}
	if o := (Options{NoCache: true}).merge(first); o.NoCache {
		t.Error("a cache was said after NoCache, and NoCache is still there")
	}
}

// TestOptionsOrder: engine, connection, statement, call.
func TestOptionsOrder(t *testing.T) {
	tag := func(name string) Options { return Options{Tag: name, StatementConf: map[string]string{name: name}} }
	ctx, plain := WithOptions(t.Context(), tag("call")), expr.Text("select 1")
	statement := Statement{plain, tag("statement")}
	var got DriverOptions
	base := Options{DryRun: true, Carrier: func(ctx context.Context, o DriverOptions) (context.Context, error) {
		got = o
		got.OnBatches = nil // which is no option
		return ctx, nil
	}}
	e := New(nil, compile.ANSI{}, base).With(tag("engine"))
	e.pool.script = &discarded{}
	for _, tc := range []struct {
		ctx  context.Context
		n    expr.Node
		with Options
		want DriverOptions
	}{
		{t.Context(), plain, Options{}, DriverOptions{Tag: "engine", Conf: confOf("engine")}},
		{t.Context(), plain, tag("connection"), DriverOptions{Tag: "connection", Conf: confOf("engine", "connection")}},
		{t.Context(), statement, tag("connection"), DriverOptions{Tag: "statement", Conf: confOf("engine", "connection", "statement")}},
		{ctx, statement, tag("connection"), DriverOptions{Tag: "call", Conf: confOf("engine", "connection", "statement", "call")}},
		{WithOptions(ctx, Options{YieldPer: 7}), plain, Options{}, DriverOptions{Tag: "call", FetchSize: 7, Conf: confOf("engine", "call")}},
	} {
		c, err := e.Connect(tc.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.With(tc.with).Exec(tc.ctx, tc.n); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(tc.want) {
			t.Errorf("got %v, want %v", got, tc.want)
		}
	}
}

func confOf(names ...string) map[string]string {
	conf := map[string]string{}
	for _, name := range names {
		conf[name] = name
	}
	return conf
}

// discarded takes all that is written.
type discarded struct{}

func (*discarded) Write(text []byte) (int, error) { return len(text), nil }
