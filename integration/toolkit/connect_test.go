package toolkit

import (
	"testing"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// TestConnect: the dialect of an engine is the one that the server speaks.
func TestConnect(t *testing.T) {
	for _, kind := range live.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			srv := live.Shared(t, kind)
			e, err := skep.Connect(t.Context(), srv.DSN(), engine.Config{})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := e.Dialect().Name(), live.Dialect(t, srv).Name(); got != want {
				t.Errorf("got the dialect %s, want %s", got, want)
			}
			if _, err := e.Exec(t.Context(), expr.Select(expr.Lit[expr.Int](1))); err != nil {
				t.Error(err)
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
