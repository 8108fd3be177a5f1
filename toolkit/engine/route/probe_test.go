package route_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/engine/route"
)

// TestProbe: a follower that is gone, or that does not answer, is left alone before a read has tried it, and so it is
// known when it is back. The end of the engine is that of the probes.
func TestProbe(t *testing.T) {
	for name, tc := range map[string]struct{ gone, back func(*server) }{
		"down":    {func(s *server) { s.down, s.deaths = true, s.deaths+1 }, func(s *server) { s.down = false }},
		"hanging": {func(s *server) { s.hang = true }, func(s *server) { s.hang = false }},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := start(t, route.Options{Probe: time.Second, ProbeTimeout: 100 * time.Millisecond, BackOff: time.Hour, MaxBackOff: time.Hour}, 1, 1)
			ctx, a := t.Context(), s.follow[0]
			time.Sleep(1500 * time.Millisecond)
			if f := s.route.Followers(); f[0].Err != nil || f[1].Err != nil {
				t.Errorf("%s: the followers are %+v", name, f)
			}
			a.set(tc.gone)
			time.Sleep(1500 * time.Millisecond)
			if f := s.route.Followers(); f[0].Err == nil || f[1].Err != nil {
				t.Errorf("%s: the followers are %+v", name, f)
			}
			for range 4 {
				s.want(t, ctx, s.route, read, "b")
			}
			a.set(tc.back)
			time.Sleep(1500 * time.Millisecond)
			if f := s.route.Followers(); f[0].Err != nil {
				t.Errorf("%s: the followers are %+v", name, f)
			}
			s.want(t, ctx, s.route, read, "a", "b")
			s.want(t, ctx, s.route, read, "a", "b")
			a.set(func(a *server) { a.hang = true })
			time.Sleep(time.Second) // and a probe is under way
			s.close(t)
			if err := s.route.Session().Close(); err != nil { // which has the same
				t.Error(err)
			}
		})
	}
}

// TestProbeOfFullPool: a server whose sessions are all in use is not gone.
func TestProbeOfFullPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &server{name: "a"}
		busy := engine.OpenTarget(engine.Target{Connector: f, Dialect: other{}}, engine.Config{PoolSize: 1, MaxOverflow: engine.None})
		leader := engine.OpenTarget(engine.Target{Connector: &server{}, Dialect: other{}}, engine.Config{})
		e, err := route.New(leader, route.Options{Followers: []route.Follower{{Name: "a", Engine: busy}}, Probe: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.Connect(route.Use(t.Context(), "a"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if f := e.Followers(); f[0].Err != nil {
			t.Errorf("the follower is %+v", f[0])
		}
		if err := errors.Join(c.Close(), e.Close()); err != nil {
			t.Error(err)
		}
	})
}

// TestSessionsEject: what cannot be had of a session counts like a statement that cannot be sent.
func TestSessionsEject(t *testing.T) {
	for name, take := range map[string]func(context.Context, *route.Engine) error{
		"connect": func(ctx context.Context, e *route.Engine) error {
			c, err := e.Connect(ctx)
			if err == nil {
				err = c.Close()
			}
			return err
		},
		"do": func(ctx context.Context, e *route.Engine) error {
			return e.Do(ctx, func(*engine.Conn) error { return nil })
		},
		"transaction": func(ctx context.Context, e *route.Engine) error {
			return e.InTx(ctx, engine.TxOptions{}, func(*engine.Tx) error { return nil })
		},
		"begin": func(ctx context.Context, e *route.Engine) error {
			tx, err := e.Begin(ctx, engine.TxOptions{})
			if err == nil {
				err = tx.Rollback()
			}
			return err
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := start(t, route.Options{BackOff: time.Minute}, 1)
			defer s.close(t)
			ctx := route.Use(t.Context(), "a")
			s.follow[0].kill()
			if err := take(ctx, s.route); !errors.As(err, new(*engine.CheckoutError)) {
				t.Errorf("%s: got %v, want a *CheckoutError", name, err)
			}
			if f := s.route.Followers(); f[0].Err == nil {
				t.Errorf("%s: the follower is %+v", name, f[0])
			}
			s.want(t, t.Context(), s.route, read, "leader")
			s.follow[0].start()
			if err := take(ctx, s.route); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if f := s.route.Followers(); f[0].Err != nil {
				t.Errorf("%s: the follower is %+v", name, f[0])
			}
		})
	}
}
