package integration

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
)

// TestLeaks runs ten thousand mixed statements, good and bad, and looks for what is left of them.
func TestLeaks(t *testing.T) {
	srv := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, srv)
	user := live.OwnUser(t, srv)
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	db := live.OpenDSN(t, user.Config(t).FormatDSN(), "fetchSize=10")
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)

	const functions = "show functions like 'a%'" // some batches, for a third of what a query costs the server
	mix := []func(i int) error{
		func(int) error { return live.Drain(t.Context(), db.QueryContext, functions) },
		func(i int) error { _, err := db.ExecContext(t.Context(), "show tables"); return err },
		func(i int) error { return live.Drain(t.Context(), db.QueryContext, numbers(35), i) },
		func(int) error { // closed in the middle
			rows, err := db.QueryContext(t.Context(), functions)
			if err != nil {
				return err
			}
			rows.Next()
			return rows.Close()
		},
		func(int) error { return expectError(live.Drain(t.Context(), db.QueryContext, "select from where")) },
		func(int) error {
			return expectError(live.Drain(t.Context(), db.QueryContext, "select x from leak_nope"))
		},
		func(int) error { return expectError(live.Drain(t.Context(), db.QueryContext, "select ?")) }, // not sent
		func(i int) error { // given up at a random moment; it may just make it
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%40)*time.Millisecond)
			defer cancel()
			if err := live.Drain(ctx, db.QueryContext, numbers(35), i); err != nil && !errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("given up: %w", err)
			}
			return nil
		},
	}
	const statements, workers = 10_000, 4
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < statements; i += workers {
				if err := mix[i%len(mix)](i); err != nil {
					t.Errorf("statement %d: %v", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	user.HasNoOperation(t)
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	user.HasNothing(t)
	live.Eventually(t, 5*time.Second, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= goroutines })
	live.Eventually(t, 5*time.Second, "no file descriptor is left", func() bool { return openFiles(t) <= files })
}

func expectError(err error) error {
	if err == nil {
		return errors.New("a bad statement gave no error")
	}
	return nil
}

func openFiles(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
