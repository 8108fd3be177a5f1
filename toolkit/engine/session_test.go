package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// TestNoSession: who routes statements must know that one was not sent, for the pool had no session for it.
func TestNoSession(t *testing.T) {
	refused := errors.New("refused")
	for name, c := range map[string]engine.Config{"with a time": {PoolTimeout: time.Hour}, "without": {PoolTimeout: -1}} {
		s, e := serverWith(t, c)
		s.refuse = refused
		var checkout *engine.CheckoutError
		_, err := e.Query(t.Context(), expr.Text("SELECT 1"))
		if !errors.As(err, &checkout) || checkout.Timeout != 0 || !errors.Is(err, refused) || errors.As(err, new(*engine.StatementError)) {
			t.Errorf("%s: got %v, want a *CheckoutError of what refused", name, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := e.Query(ended, expr.Text("SELECT 1")); errors.As(err, &checkout) || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want that the context has ended", name, err)
		}
	}
}
