package route_test

import (
	"context"
	"slices"
	"testing"

	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/engine/route"
)

// shares are how many of n reads each follower takes, one after the other.
func shares(t *testing.T, p route.Policy, n int) map[string]int {
	t.Helper()
	s := start(t, route.Options{Policy: p}, 1, 2, 7)
	defer s.close(t)
	for range n {
		if err := do(t.Context(), s.route, read); err != nil {
			t.Fatal(err)
		}
	}
	counts := map[string]int{}
	for _, name := range s.took() {
		counts[name]++
	}
	return counts
}

func TestPolicies(t *testing.T) {
	const n = 3000
	for p, want := range map[route.Policy]map[string]int{
		route.RoundRobin:    {"a": n / 3, "b": n / 3, "c": n / 3},
		route.LeastInFlight: {"a": n / 3, "b": n / 3, "c": n / 3},
		route.Random:        {"a": n / 3, "b": n / 3, "c": n / 3},
		route.Weighted:      {"a": n / 10, "b": n / 5, "c": n * 7 / 10},
	} {
		off := 0
		if p == route.Random || p == route.Weighted {
			off = 150 // six times the deviation that is to be expected
		}
		got := shares(t, p, n)
		for name := range want {
			if d := got[name] - want[name]; d < -off || d > off || len(got) != len(want) {
				t.Errorf("policy %d: got %v, want %v", p, got, want)
			}
		}
	}
}

// TestLeastInFlight: a read counts until its rows are read, or its result is closed.
func TestLeastInFlight(t *testing.T) {
	s := start(t, route.Options{Policy: route.LeastInFlight}, 1, 1, 1)
	defer s.close(t)
	ctx := t.Context()
	query := func(ctx context.Context) *engine.Result {
		t.Helper()
		r, err := s.route.Query(ctx, read)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	flights := func() []int {
		var n []int
		for _, f := range s.route.Followers() {
			n = append(n, f.InFlight)
		}
		return n
	}
	open := []*engine.Result{query(ctx), query(ctx), query(ctx), query(route.Use(ctx, "a")), query(route.Use(ctx, "b"))}
	s.want(t, ctx, s.route, read, "c")
	s.want(t, ctx, s.route, read, "c")
	if got := flights(); !slices.Equal(got, []int{2, 2, 1}) {
		t.Errorf("in flight: %v", got)
	}
	for _, i := range []int{1, 4} {
		if err := open[i].Close(); err != nil {
			t.Error(err)
		}
	}
	s.want(t, ctx, s.route, read, "b")
	if _, err := open[2].All(ctx); err != nil {
		t.Error(err)
	}
	if got := flights(); !slices.Equal(got, []int{2, 0, 0}) {
		t.Errorf("in flight: %v", got)
	}
	for _, r := range open {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
