package route

import (
	"context"
	"sync"
	"time"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// UntilRefresh is a [Options.Sticky] without end but [Engine.Refresh].
const UntilRefresh time.Duration = -1

// window is the time in which followers may not have what was written.
type window struct {
	length time.Duration

	mu   sync.Mutex
	open map[any]bool // what writes now: statements, and transactions that have written
	last time.Time    // when the last one was over; zero: before the last refresh
}

func newWindow(length time.Duration) *window {
	return &window{length: length, open: map[any]bool{}}
}

// isOpen reports whether reads must go to the leader.
func (w *window) isOpen() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.length == 0 {
		return false
	}
	return len(w.open) > 0 || !w.last.IsZero() && (w.length < 0 || time.Since(w.last) < w.length)
}

func (w *window) refresh() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = time.Time{}
}

func (w *window) begin(writer any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[writer] = true
}

func (w *window) end(writer any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open[writer] {
		delete(w.open, writer)
		w.last = time.Now()
	}
}

// scope is a session that the window watches.
type scope struct{ conn *engine.Conn }

// hooks watch one statement, or the statements of one session. What a transaction has written is seen by others when the
// transaction is over: it holds the window open until its session is given back.
func (w *window) hooks() engine.Hooks {
	s := &scope{}
	return engine.Hooks{
		Checkout: func(_ context.Context, c *engine.Conn) error { s.conn = c; return nil },
		Checkin:  func(*engine.Conn) { w.end(s) },
		BeforeExecute: func(ctx context.Context, e *engine.Event) (context.Context, error) {
			if !expr.Reads(e.Node) {
				w.begin(e)
				if s.conn != nil && s.conn.Transaction() != nil {
					w.begin(s)
				}
			}
			return ctx, nil
		},
		AfterExecute: func(_ context.Context, e *engine.Event) { w.end(e) },
	}
}
