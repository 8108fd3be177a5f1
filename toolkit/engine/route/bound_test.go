package route_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/engine/route"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// own is a definition that a dialect has of its own.
type own struct{ ddl.Base }

// TestBound: statements about the tables of a server go there, and no others.
func TestBound(t *testing.T) {
	column := func() *schema.Column { return schema.Col("a", schema.BigInt) }
	old, older, now := schema.NewTable(nil, "old", column()), schema.NewTable(nil, "older", column()), schema.NewTable(nil, "now", column())
	archive := &server{name: "archive"}
	on := engine.OpenTarget(engine.Target{Connector: archive, Dialect: compile.ANSI{}}, engine.Config{})
	s := start(t, route.Options{Sticky: time.Hour, Bound: []route.Bound{{Name: "archive", Engine: on, Tables: []*schema.Table{old, older}}}}, 1)
	defer s.close(t)
	s.follow = append(s.follow, archive)
	a := func(t *schema.Table) expr.Int { return expr.Col[expr.Int](expr.T(t), "a") }
	recent := expr.CTE("recent", expr.Select(a(now)))
	mixed := map[string][]string{"archive": {"old"}, "leader": {"now"}}
	for name, tc := range map[string]struct {
		n     expr.Node
		on    string // "" if it is refused
		mixed map[string][]string
	}{
		"a read":               {expr.Select(a(old)), "archive", nil},
		"an alias":             {expr.Select(expr.Col[expr.Int](expr.T(old).As("x"), "a")), "archive", nil},
		"two of one server":    {expr.Select(a(old)).CrossJoin(expr.T(older)), "archive", nil},
		"within a query":       {expr.Select(expr.Col[expr.Int](expr.Subquery(expr.Select(a(old)), "x"), "a")), "archive", nil},
		"with options":         {engine.Statement{Node: expr.Select(a(old))}, "archive", nil},
		"an insert":            {expr.Insert(expr.T(old)).Set(a(old).To(1)), "archive", nil},
		"an update":            {expr.Update(expr.T(old)).Set(a(old).To(1)), "archive", nil},
		"a delete":             {expr.Delete(expr.T(old)), "archive", nil},
		"a definition":         {ddl.DropTable(old), "archive", nil},
		"an explanation":       {ddl.Explain(expr.Select(a(old))), "archive", nil},
		"a read of others":     {expr.Select(a(now)), "a", nil},
		"a text":               {expr.Text("select a from old"), "leader", nil},
		"a text of the server": {ddl.Raw("drop table old"), "leader", nil},
		"tables of two":        {expr.Select(a(old)).CrossJoin(expr.T(now)), "", mixed},
		"a copy":               {expr.Insert(expr.T(now)).FromSelect(expr.Select(a(old))), "", mixed},
		"a part of two":        {expr.Select(a(old)).Where(a(old).InQuery(expr.Select(expr.Col[expr.Int](recent, "a")))), "", mixed},
		"what tells no tables": {own{}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s.route.Refresh()
			if tc.on != "" {
				s.want(t, t.Context(), s.route, tc.n, tc.on)
				return
			}
			var refused *route.BoundError
			if err := do(t.Context(), s.route, tc.n); !errors.As(err, &refused) || !reflect.DeepEqual(refused.Tables, tc.mixed) || len(s.took()) > 0 {
				t.Errorf("got %v, want %v", err, tc.mixed)
			}
		})
	}
	s.route.Refresh()
	s.want(t, t.Context(), s.route, expr.Delete(expr.T(old)), "archive")
	s.want(t, t.Context(), s.route, expr.Select(a(now)), "a") // which is not to wait for the archive
	s.want(t, route.Use(t.Context(), "archive"), s.route, expr.Text("select a from old"), "archive")
	s.want(t, route.UseLeader(t.Context()), s.route, expr.Select(a(old)), "leader") // what is asked for comes first
	rows := []map[string]any{{"a": 1}, {"a": 2}}
	s.took()
	if _, err := engine.InsertMany[map[string]any](t.Context(), s.route, expr.Insert(expr.T(old)), rows, engine.BatchOptions{}); err != nil {
		t.Error(err)
	}
	if got := s.took(); len(got) != 1 || got[0] != "archive" {
		t.Errorf("many rows were taken by %v", got)
	}
	if f := s.route.Followers(); len(f) != 1 {
		t.Errorf("the followers are %v", f)
	}
}
