package route_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skep-go/skep/toolkit/engine/route"
	"github.com/skep-go/skep/toolkit/expr"
)

// TestBackOff: a follower that cannot be reached is left alone, each time for twice as long, and then tried by one read.
func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, route.Options{BackOff: time.Second, MaxBackOff: 5 * time.Second}, 1, 1)
		defer s.close(t)
		ctx, a := t.Context(), s.follow[0]
		s.want(t, ctx, s.route, read, "a")
		s.want(t, ctx, s.route, read, "b")
		a.kill()
		began := time.Now()
		var tried []time.Duration
		for range 20 * 10 {
			a.set(func(a *server) { a.tried = 0 })
			s.want(t, ctx, s.route, read, "b")
			a.set(func(a *server) {
				if a.tried > 1 {
					t.Errorf("tried %d times at once", a.tried)
				}
				if a.tried > 0 {
					tried = append(tried, time.Since(began))
				}
			})
			time.Sleep(100 * time.Millisecond)
		}
		want := []time.Duration{0, 1 * time.Second, 3 * time.Second, 7 * time.Second, 12 * time.Second, 17 * time.Second}
		near := slices.EqualFunc(tried, want, func(got, want time.Duration) bool {
			return got >= want && got <= want+time.Second // the policy may have meant the other one at first
		})
		if !near {
			t.Errorf("tried at %v, want %v", tried, want)
		}
		if f := s.route.Followers(); f[0].Err == nil || !f[0].Until.After(time.Now()) || f[1].Err != nil {
			t.Errorf("the followers are %+v", f)
		}
		a.start()
		time.Sleep(5 * time.Second)
		s.want(t, ctx, s.route, read, "a", "b")
		s.want(t, ctx, s.route, read, "a", "b")
		if f := s.route.Followers(); f[0].Err != nil || !f[0].Until.IsZero() {
			t.Errorf("the followers are %+v", f)
		}
		got := s.log.take()
		if len(got) != len(want)+1 || got[0] != "a server cannot be reached: a" || got[len(got)-1] != "a server is back: a" {
			t.Errorf("logged: %q", got)
		}
	})
}

// TestAtOnce: what fails at once is one failure, and one read at a time finds out about a server that was down.
func TestAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, route.Options{BackOff: time.Second}, 1)
		defer s.close(t)
		a := s.follow[0]
		a.set(func(a *server) { a.hang = true })
		var results []chan error
		read := func(limit time.Duration) {
			done := make(chan error, 1)
			results = append(results, done)
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), limit)
				defer cancel()
				done <- do(ctx, s.route, read)
			}()
		}
		for range 10 {
			read(time.Second)
		}
		synctest.Wait()
		if f := s.route.Followers(); f[0].InFlight != 10 {
			t.Errorf("%d reads are in flight, want 10", f[0].InFlight)
		}
		for _, r := range results {
			if err := <-r; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		}
		if f := s.route.Followers(); f[0].Err == nil || time.Until(f[0].Until) != time.Second {
			t.Errorf("the follower is tried again in %v, want 1s", time.Until(f[0].Until))
		}
		time.Sleep(time.Second)
		a.set(func(a *server) { a.tried = 0 })
		results = nil
		for range 10 {
			read(100 * time.Millisecond)
		}
		failed := 0
		for _, r := range results {
			if <-r != nil {
				failed++
			}
		}
		a.set(func(a *server) {
			if failed != 1 || a.tried != 1 {
				t.Errorf("%d reads failed, and the follower was tried %d times; want 1", failed, a.tried)
			}
		})
	})
}

func TestOnlyFollowers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, route.Options{OnlyFollowers: true}, 1, 1)
		defer s.close(t)
		ctx := t.Context()
		s.follow[0].kill()
		s.follow[1].kill()
		for range 2 {
			var none *route.NoFollowerError
			err := do(ctx, s.route, read)
			if !errors.As(err, &none) || !errors.Is(err, errDown) || len(none.Followers) != 2 || len(s.took()) != 0 {
				t.Errorf("got %v, want a *NoFollowerError, and nothing sent", err)
			}
		}
		s.want(t, ctx, s.route, write, "leader")
		s.want(t, route.UseLeader(ctx), s.route, read, "leader")
		s.follow[1].start()
		time.Sleep(time.Second)
		s.want(t, ctx, s.route, read, "b")
	})
}

// TestRetry: only a read is tried again, and only if the server had nothing of it.
func TestRetry(t *testing.T) {
	bad := fmt.Errorf("gone: %w", driver.ErrBadConn)
	for _, c := range []struct {
		name string
		node expr.Node
		set  func(s *server)
		want []string // who has seen the statement
		err  error
	}{
		{"a read of a server that is down", read, func(s *server) { s.down, s.closed = true, true }, []string{"b"}, nil},
		{"a read in a session that is gone", read, func(s *server) { s.down, s.deaths = true, 1 }, []string{"b"}, nil},
		{"a read that fails", read, func(s *server) { s.fails = errDied }, []string{"a"}, errDied},
		{"a read that fails behind its first row", read, func(s *server) { s.last = bad }, []string{"a"}, bad},
		{"a write of a server that is down", write, func(s *server) { s.down, s.closed = true, true }, nil, errDown},
		{"a write in a session that is gone", write, func(s *server) { s.down, s.deaths = true, 1 }, nil, errDown},
		{"a write in a session that is gone, of a server that is back", write, func(s *server) { s.deaths = 1 }, []string{"leader"}, nil},
		{"a write that fails", write, func(s *server) { s.fails = errDied }, []string{"leader"}, errDied},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, route.Options{}, 1, 1)
			defer s.close(t)
			on := s.leader
			if expr.Reads(c.node) {
				on = s.follow[0]
			}
			s.want(t, route.Use(t.Context(), on.name), s.route, read, on.name) // opens a session
			on.set(c.set)
			if err := do(t.Context(), s.route, c.node); !errors.Is(err, c.err) || c.err == nil && err != nil {
				t.Errorf("got %v, want %v", err, c.err)
			}
			if got := s.took(); !slices.Equal(got, c.want) {
				t.Errorf("seen by %v, want %v", got, c.want)
			}
		})
	}
}

// TestCancelled: a read that nobody waits for any more says nothing about the server.
func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, route.Options{}, 1)
		defer s.close(t)
		s.follow[0].set(func(a *server) { a.hang = true })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := do(ctx, s.route, read); !errors.Is(err, context.Canceled) || len(s.took()) != 0 {
			t.Errorf("got %v", err)
		}
		if f := s.route.Followers(); f[0].Err != nil {
			t.Errorf("the follower is %+v", f[0])
		}
	})
}
