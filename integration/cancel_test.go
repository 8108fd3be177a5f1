package integration

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// slowCompile takes Hive's compiler seconds: it plans each branch.
func slowCompile() string {
	branches := make([]string, 100)
	for i := range branches {
		branches[i] = fmt.Sprintf("select %d as n, count(*) as c from (select 1 as a) t%d group by a", i, i)
	}
	return strings.Join(branches, " union all ")
}

// within is how soon a call must return after its context has ended. The real figure is in make bench; this one only
// has to tell "at once" from "when the server is done" on a loaded machine.
const within = 2 * time.Second

func TestCancel(t *testing.T) {
	cases := []struct {
		name, query string
		after       time.Duration
		kinds       []hivetest.Kind
	}{
		{"compile", slowCompile(), 300 * time.Millisecond, live.Hives},
		{"run", live.SlowRun, 2 * time.Second, live.Kinds},
		{"fetch", live.SlowFetch, 2 * time.Second, live.Kinds},
	}
	for _, c := range cases {
		for _, kind := range c.kinds {
			t.Run(c.name+"/"+string(kind), func(t *testing.T) {
				srv := live.Shared(t, kind)
				user := live.OwnUser(t, srv)
				db := live.OpenDSN(t, user.Config(t).FormatDSN(), "fetchSize=1000")
				db.SetMaxOpenConns(1)
				ctx, cancel := context.WithCancel(t.Context())
				var cancelled time.Time
				time.AfterFunc(c.after, func() { cancelled = time.Now(); cancel() })
				err := live.Drain(ctx, db.QueryContext, c.query)
				took := time.Since(cancelled)
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("got %v, want context.Canceled", err)
				}
				if cancelled.IsZero() || took > within {
					t.Errorf("returned %v after the cancellation, want at most %v", took, within)
				}
				user.HasNoOperation(t)
				var one int
				if err := db.QueryRowContext(t.Context(), "select 1").Scan(&one); err != nil || one != 1 {
					t.Errorf("the pool's next query: %d, %v", one, err)
				}
			})
		}
	}
}

func TestDeadline(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		db := live.Open(t, srv)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := live.Drain(ctx, db.QueryContext, live.SlowRun)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v, want context.DeadlineExceeded", err)
		}
		if deadline, _ := ctx.Deadline(); time.Since(deadline) > within {
			t.Errorf("returned %v after the deadline", time.Since(deadline))
		}
	})
}

// TestCancelFromAnotherGoroutine (C-114) cancels an operation by hand while Wait is inside a long poll.
func TestCancelFromAnotherGoroutine(t *testing.T) {
	live.OnEach(t, func(t *testing.T, srv *hivetest.Server) {
		s := live.Connect(t, live.Config(t, srv))
		op, err := s.Execute(t.Context(), live.SlowRun, hive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- op.Wait(t.Context()) }()
		time.Sleep(time.Second)
		if err := op.Cancel(t.Context()); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			if !errors.Is(err, hive.ErrCancelled) {
				t.Errorf("Wait gave %v, want ErrCancelled", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Wait did not return")
		}
		if err := op.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestQueryTimeout has the server stop the statement.
func TestQueryTimeout(t *testing.T) {
	for _, kind := range live.Hives {
		t.Run(string(kind), func(t *testing.T) {
			s := live.Connect(t, live.Config(t, live.Shared(t, kind)))
			start := time.Now()
			_, err := s.Query(t.Context(), live.SlowRun, hive.Options{Timeout: 1500 * time.Millisecond})
			if !errors.Is(err, hive.ErrQueryTimeout) {
				t.Fatalf("got %v, want ErrQueryTimeout", err)
			}
			if took := time.Since(start); took < 2*time.Second || took > 15*time.Second {
				t.Errorf("stopped after %v; 1.5 s are 2 s on the wire", took)
			}
		})
	}
}
