package hive_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
)

// inPoll returns a session of whose query the server holds the poll back until released, and that query's result.
func inPoll(t *testing.T, ctx context.Context) (srv *fakehs2.Server, s *hive.Session, result <-chan error, release func()) {
	t.Helper()
	srv = fakehs2.Start(t, 3, 2)
	step, release := held(t)
	srv.On("GetOperationStatus", step)
	s = connect(t, configFor(srv.Port()))
	result = results(func() error { _, err := query(ctx, s); return err })
	srv.Await(t, "the poll", func() bool { return srv.Count("GetOperationStatus") == 1 })
	return srv, s, result, release
}

// closing begins to close a session and waits until that shows.
func closing(t *testing.T, ctx context.Context, s *hive.Session) <-chan error {
	t.Helper()
	result := results(func() error { return s.Close(ctx) })
	for start := time.Now(); s.Err() == nil; time.Sleep(time.Millisecond) {
		if time.Since(start) > soon {
			t.Fatal("Close has not begun")
		}
	}
	return result
}

// Close lets a call that is under way finish, and only then says goodbye.
func TestCloseWaitsForCall(t *testing.T) {
	srv, s, result, release := inPoll(t, bounded(t))
	end := closing(t, bounded(t), s)
	select {
	case err := <-end:
		t.Fatalf("Close returned %v during a call", err)
	case <-time.After(20 * time.Millisecond):
	}
	start := time.Now()
	release()
	if err := at(t, start, end); err != nil {
		t.Errorf("Close = %v", err)
	}
	want{kind: "closed"}.check(t, at(t, start, result)) // the query's next call
	if got := srv.Count("CloseSession"); got != 1 {
		t.Errorf("CloseSession was called %d times, want once", got)
	}
	idle(t, srv, 0)
}

// A Close that may not wait any longer takes the connection from under the call.
func TestCloseDoesNotWaitForever(t *testing.T) {
	srv, s, result, release := inPoll(t, bounded(t))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	want{is: []error{context.DeadlineExceeded}}.check(t, at(t, start, results(func() error { return s.Close(ctx) })))
	want{kind: "closed"}.check(t, at(t, start, result))
	if got := srv.Count("CloseSession"); got != 0 {
		t.Errorf("CloseSession was called %d times over a busy connection", got)
	}
	release()
	idle(t, srv, 0) // the server ends the session when it notices
}

// The caller of a call leaves while Close waits for it: nothing is left to wait for.
func TestCloseWhenCallerLeaves(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	srv, s, result, release := inPoll(t, ctx)
	end := closing(t, bounded(t), s)
	start := time.Now()
	cancel()
	want{is: []error{context.Canceled}}.check(t, at(t, start, result))
	if err := at(t, start, end); err != nil {
		t.Errorf("Close = %v", err)
	}
	release()
	idle(t, srv, 0)
}

// Close lets a cancellation that is under way reach the server, which its context bounds. It does not wait for what the
// server had begun.
func TestCloseDuringCancellation(t *testing.T) {
	for name, patient := range map[string]bool{"patient": true, "impatient": false} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			srv, s, result, release := inPoll(t, ctx)
			cancelled := func() {}
			if !patient {
				var step fakehs2.Step
				step, cancelled = held(t)
				srv.On("CancelOperation", step)
			}
			cancel()
			want{is: []error{context.Canceled}}.check(t, at(t, time.Now(), result))
			srv.Await(t, "CancelOperation", func() bool { return srv.Count("CancelOperation") == 1 })
			start := time.Now()
			if !patient {
				short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer stop()
				want{is: []error{context.DeadlineExceeded}}.check(t, at(t, start, closing(t, short, s)))
				release()
				cancelled()
				idle(t, srv, 0)
				return
			}
			if err := at(t, start, closing(t, bounded(t), s)); err != nil {
				t.Errorf("Close = %v", err)
			}
			release()
			for method, want := range map[string]int{"CloseOperation": 1, "CloseSession": 1} {
				if got := srv.Count(method); got != want {
					t.Errorf("%s was called %d times, want %d", method, got, want)
				}
			}
			idle(t, srv, 0)
		})
	}
}

// Close returns when everything of the session has ended, the connection of a cancellation that hangs included.
func TestCloseLeavesNothingBehind(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	step, _ := held(t)
	srv.On("GetOperationStatus", step)
	srv.On("CancelOperation", fakehs2.Silent)
	var open atomic.Int32
	cfg := configFor(srv.Port())
	cfg.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		nc, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &counted{Conn: nc, open: &open, second: open.Add(1) == 2}, nil
	}
	s := connect(t, cfg)
	ctx, cancel := context.WithCancel(t.Context())
	result := results(func() error { _, err := query(ctx, s); return err })
	srv.Await(t, "the poll", func() bool { return srv.Count("GetOperationStatus") == 1 })
	cancel()
	want{is: []error{context.Canceled}}.check(t, <-result)
	srv.Await(t, "CancelOperation", func() bool { return srv.Count("CancelOperation") == 1 })
	want{is: []error{context.Canceled}}.check(t, s.Close(ctx))
	if got := open.Load(); got != 0 {
		t.Errorf("%d connections are open after Close", got)
	}
}

// counted counts open connections. The second one takes its time to close.
type counted struct {
	net.Conn
	open   *atomic.Int32
	second bool
	closed sync.Once
}

func (c *counted) Close() error {
	if c.second {
		time.Sleep(50 * time.Millisecond)
	}
	err := c.Conn.Close()
	c.closed.Do(func() { c.open.Add(-1) })
	return err
}

// What CloseSession meets, and what Close says. The connection is closed in any case.
func TestCloseFaults(t *testing.T) {
	tests := []struct {
		name string
		step fakehs2.Step
		want want
	}{
		{"silent", fakehs2.Silent, want{is: []error{context.DeadlineExceeded}}},
		{"garbage", fakehs2.FrameLength(-1), want{kind: "protocol"}},
		{"exception", fakehs2.Exception(6, "no"), want{kind: "server"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := fakehs2.Start(t)
			srv.On("CloseSession", tt.step)
			s := connect(t, configFor(srv.Port()))
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			start := time.Now()
			tt.want.check(t, at(t, start, results(func() error { return s.Close(ctx) })))
			idle(t, srv, 0)
		})
	}
}

// A server that hangs up has ended the session with the connection: what Close wanted has happened.
func TestCloseWhenServerHangsUp(t *testing.T) {
	srv := fakehs2.Start(t)
	srv.On("CloseSession", fakehs2.Hangup)
	s := connect(t, configFor(srv.Port()))
	start := time.Now()
	if err := at(t, start, results(func() error { return s.Close(bounded(t)) })); err != nil {
		t.Errorf("Close = %v, want no error", err)
	}
	idle(t, srv, 0)
}

// Close may be called from everywhere and again, and after it nothing works, nor is anything sent.
func TestClosedSession(t *testing.T) {
	srv := fakehs2.Start(t, 3, 2)
	s := connect(t, configFor(srv.Port()))
	ctx := bounded(t)
	op, err := s.Execute(ctx, "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(ctx, "select n, s from t", hive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := s.Close(ctx); err != nil {
				t.Errorf("Close = %v", err)
			}
		})
	}
	all.Wait()
	idle(t, srv, 0)
	if got := srv.Count("CloseSession"); got != 1 {
		t.Errorf("CloseSession was called %d times, want once", got)
	}
	before := srv.Counts()
	_, execute := s.Execute(ctx, "select 1", hive.Options{})
	_, exec := s.Exec(ctx, "select 1", hive.Options{})
	_, queryErr := s.Query(ctx, "select 1", hive.Options{})
	_, queryID := op.QueryID(ctx)
	_, next := rows.NextBatch(ctx)
	_, _, version := s.ServerVersion(ctx)
	for name, err := range map[string]error{
		"Err": s.Err(), "Ping": s.Ping(ctx), "Check": s.Check(ctx), "ServerVersion": version, "Execute": execute, "Exec": exec,
		"Query": queryErr, "QueryID": queryID, "Wait": op.Wait(ctx), "NextBatch": next,
	} {
		if !errors.Is(err, hive.ErrClosed) {
			t.Errorf("%s after Close = %v, want %v", name, err, hive.ErrClosed)
		}
	}
	for name, err := range map[string]error{"Operation.Close": op.Close(ctx), "Rows.Close": rows.Close(ctx), "Close": s.Close(ctx)} {
		if err != nil {
			t.Errorf("%s after Close = %v, want no error", name, err)
		}
	}
	for method, n := range srv.Counts() {
		if n != before[method] {
			t.Errorf("%s was called after Close", method)
		}
	}
}
