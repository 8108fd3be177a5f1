package hive_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// held is a step that answers once it is released, at the latest when the test ends. Like HiveServer2's threads it does
// not notice a client that goes away meanwhile.
func held(t *testing.T) (step fakehs2.Step, release func()) {
	released := make(chan struct{})
	release = sync.OnceFunc(func() { close(released) })
	t.Cleanup(release)
	return func(c *fakehs2.Call) error {
		<-released
		return fakehs2.Answer(c)
	}, release
}

// results runs f and delivers its error.
func results(f func() error) <-chan error {
	c := make(chan error, 1)
	go func() { c <- f() }()
	return c
}

// at waits for an error that has to come at once.
func at(t *testing.T, start time.Time, result <-chan error) error {
	t.Helper()
	select {
	case err := <-result:
		prompt(t, start)
		return err
	case <-time.After(2 * soon):
		t.Fatal("it does not return")
		return nil
	}
}

// A caller who leaves is let go at once, in whatever phase. What the statement had made on the server is cancelled and
// closed behind its back, and the session serves the next one.
func TestCancelCall(t *testing.T) {
	ping := func(ctx context.Context, s *hive.Session) error { return s.Ping(ctx) }
	exec := func(ctx context.Context, s *hive.Session) error {
		_, err := s.Exec(ctx, "insert into t select 1", hive.Options{})
		return err
	}
	read := func(ctx context.Context, s *hive.Session) error {
		_, err := query(ctx, s)
		return err
	}
	tables := func(ctx context.Context, s *hive.Session) error {
		_, err := s.Tables(ctx, "", "")
		return err
	}
	end := func(ctx context.Context, s *hive.Session) error {
		_, err := unread(ctx, s)
		return err
	}
	tests := []struct {
		name     string
		call     func(context.Context, *hive.Session) error
		method   string // the call during which the caller leaves
		answered int    // calls of it that are answered before
		cancels  int    // CancelOperation calls that reach the server
		closes   int    // CloseOperation calls
	}{
		{"query: compile", read, "ExecuteStatement", 0, 0, 1},
		{"query: run", read, "GetOperationStatus", 0, 1, 1},
		{"query: describe", read, "GetResultSetMetadata", 0, 1, 1},
		{"query: first fetch", read, "FetchResults", 0, 1, 1},
		{"query: second fetch", read, "FetchResults", 1, 1, 1},
		{"exec: compile", exec, "ExecuteStatement", 0, 0, 1},
		{"exec: run", exec, "GetOperationStatus", 0, 1, 1},
		{"tables: begin", tables, "GetTables", 0, 0, 1},
		{"tables: run", tables, "GetOperationStatus", 0, 1, 1},
		{"close", end, "CloseOperation", 0, 0, 1},
		{"ping", ping, "GetInfo", 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			step, release := held(t)
			for range tt.answered {
				srv.On(tt.method, fakehs2.Answer)
			}
			srv.On(tt.method, step)
			s := connect(t, configFor(srv.Port()))
			left := errors.New("the caller left")
			ctx, cancel := context.WithCancelCause(t.Context())
			result := results(func() error { return tt.call(ctx, s) })
			srv.Await(t, tt.method, func() bool { return srv.Count(tt.method) == tt.answered+1 })
			start := time.Now()
			cancel(left)
			want{is: []error{context.Canceled, left}}.check(t, at(t, start, result))

			// The server learns of it while it is still busy.
			srv.Await(t, "CancelOperation", func() bool { return srv.Count("CancelOperation") == tt.cancels })
			srv.Await(t, "CloseOperation", func() bool { return srv.Count("CloseOperation") >= tt.cancels })
			// The next caller waits for the connection to be in step again, as long as it wants to.
			short, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer stop()
			sent := srv.Count("ExecuteStatement")
			_, err := query(short, s)
			want{is: []error{context.DeadlineExceeded}}.check(t, err)
			if got := srv.Count("ExecuteStatement"); got != sent {
				t.Errorf("%d statements were sent over a busy connection", got-sent)
			}

			release()
			works(t, s, 5)
			idle(t, srv, 1)
			if got, want := srv.Count("CloseOperation"), tt.closes+1; got != want {
				t.Errorf("CloseOperation was called %d times, want %d", got, want)
			}
		})
	}
}

func TestDeadlineOfCall(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	srv.On("GetOperationStatus", fakehs2.UntilCancelled)
	s := connect(t, configFor(srv.Port()))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := query(ctx, s)
	deadline, _ := ctx.Deadline()
	prompt(t, deadline)
	want{is: []error{context.DeadlineExceeded}}.check(t, err)
	works(t, s, 5)
	idle(t, srv, 1)
}

// A context that has ended already sends nothing.
func TestEndedContext(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	s := connect(t, configFor(srv.Port()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // the turn is free and the context has ended: either may be seen first
		_, err := query(ctx, s)
		want{is: []error{context.Canceled}}.check(t, err)
	}
	works(t, s, 5)
	if got := srv.Count("ExecuteStatement"); got != 1 {
		t.Errorf("%d statements were sent, want 1", got)
	}
	idle(t, srv, 1)
}

// A context that has ended is no reason to leave an operation open.
func TestCloseOperationWithEndedContext(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	s := connect(t, configFor(srv.Port()))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for n := 1; n <= 10; n++ {
		op, err := s.Execute(bounded(t), "select n, s from t", hive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want{is: []error{context.Canceled}}.check(t, op.Close(ended))
		srv.Await(t, "CloseOperation", func() bool { return srv.Count("CloseOperation") == n })
	}
	works(t, s, 5)
	idle(t, srv, 1)
}

// lateEnd is a context that ends when it is looked at once too often.
type lateEnd struct {
	context.Context
	looks int
}

func (c *lateEnd) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return nil
}

// Wherever a context ends while an error of the server is handled, the operation is closed.
func TestContextEndsDuringError(t *testing.T) {
	for _, method := range []string{"ExecuteStatement", "GetOperationStatus", "GetResultSetMetadata", "FetchResults"} {
		for looks := range 20 {
			srv := fakehs2.Start(t, 3, 2)
			srv.On(method, fakehs2.Exception(6, "Internal error"))
			s := connect(t, configFor(srv.Port()))
			_, err := query(&lateEnd{context.Background(), looks}, s)
			if err == nil {
				t.Errorf("%s fails, the context ends at look %d: no error", method, looks)
			}
			idle(t, srv, 1)
		}
	}
}

// Operation.Cancel stops what another goroutine waits for.
func TestOperationCancel(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	srv.On("GetOperationStatus", fakehs2.UntilCancelled)
	s := connect(t, configFor(srv.Port()))
	op, err := s.Execute(bounded(t), "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	result := results(func() error { return op.Wait(bounded(t)) })
	srv.Await(t, "the poll", func() bool { return srv.Count("GetOperationStatus") == 1 })
	start := time.Now()
	if err := op.Cancel(bounded(t)); err != nil {
		t.Errorf("Cancel = %v", err)
	}
	want{kind: "server", is: []error{hive.ErrCancelled}}.check(t, at(t, start, result))
	if err := op.Close(bounded(t)); err != nil {
		t.Errorf("Close = %v", err)
	}
	if err := op.Cancel(bounded(t)); err != nil {
		t.Errorf("Cancel of an operation that is gone = %v, want no error", err)
	}
	works(t, s, 5)
	idle(t, srv, 1)
}

// The second connection, over which a cancellation goes, may fail too: then the reply is waited for, and the operation
// closed behind it.
func TestCancelThatDoesNotGetThrough(t *testing.T) {
	for name, fault := range map[string]struct {
		method string
		step   fakehs2.Step
	}{
		"login refused": {fakehs2.Login, fakehs2.Refuse(3, "too many connections")},
		"login closed":  {fakehs2.Login, fakehs2.Hangup},
		"call closed":   {"CancelOperation", fakehs2.Hangup},
		"call unknown":  {"CancelOperation", fakehs2.Exception(1, "Invalid method name")},
	} {
		t.Run(name, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			step, release := held(t)
			srv.On("GetOperationStatus", step)
			s := connect(t, configFor(srv.Port()))
			srv.On(fault.method, fault.step)
			tries := srv.Count(fault.method)
			ctx, cancel := context.WithCancel(t.Context())
			result := results(func() error { _, err := query(ctx, s); return err })
			srv.Await(t, "the poll", func() bool { return srv.Count("GetOperationStatus") == 1 })
			start := time.Now()
			cancel()
			want{is: []error{context.Canceled}}.check(t, at(t, start, result))
			srv.Await(t, fault.method, func() bool { return srv.Count(fault.method) > tries })
			release()
			works(t, s, 5)
			idle(t, srv, 1)
		})
	}
}

// A server that does not get done in Config.CancelTimeout loses the connection, and is told over another one to end the
// session. Who waited for the session learns that nothing of his was sent.
func TestCancelTimeout(t *testing.T) {
	for _, method := range []string{"ExecuteStatement", "GetOperationStatus", "FetchResults"} {
		t.Run(method, func(t *testing.T) {
			srv := fakehs2.Start(t, 3, 2)
			step, release := held(t)
			srv.On(method, step)
			cfg := configFor(srv.Port())
			cfg.CancelTimeout = 200 * time.Millisecond
			cfg.Prefetch = -1 // else the next caller's call may come between those of this one
			s := connect(t, cfg)
			ctx, cancel := context.WithCancel(t.Context())
			result := results(func() error { _, err := query(ctx, s); return err })
			srv.Await(t, method, func() bool { return srv.Count(method) == 1 })
			next := results(func() error { _, err := query(bounded(t), s); return err })
			start := time.Now()
			cancel()
			want{is: []error{context.Canceled}}.check(t, at(t, start, result))
			want{kind: "network", is: []error{hive.ErrNotSent}, not: []error{context.Canceled, context.DeadlineExceeded}}.check(t, at(t, start, next))
			want{kind: "network"}.check(t, s.Err())
			srv.Await(t, "CloseSession", func() bool {
				sessions, operations, _ := srv.Open()
				return sessions+operations == 0 && srv.Count("CloseSession") == 1
			})
			release()
			idle(t, srv, 0)
		})
	}
}

// Many goroutines on one session, who leave at any time: each gets all its rows or its context's error, and the session
// survives them all.
func TestConcurrentUse(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	s := connect(t, configFor(srv.Port()))
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 4))
			for range 25 {
				ctx, cancel := context.WithTimeout(t.Context(), 4*soon)
				if random.IntN(2) == 0 {
					time.AfterFunc(time.Duration(random.IntN(8000))*time.Microsecond, cancel)
				}
				n, err := query(ctx, s)
				if ctx.Err() == nil && err != nil || err == nil && n != 5 || err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("%d rows, %v; the context: %v", n, err, ctx.Err())
				}
				cancel()
			}
		})
	}
	all.Wait()
	works(t, s, 5)
	idle(t, srv, 1)
	if got := srv.Count("ExecuteStatement"); got > 201 {
		t.Errorf("%d statements were sent, want 201 at most", got)
	}
}
