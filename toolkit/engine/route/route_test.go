package route_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/engine/route"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestKinds: what only reads goes to a follower, all else to the leader. What each statement is, the tests of the
// dialects have.
func TestKinds(t *testing.T) {
	s := start(t, route.Options{}, 1)
	defer s.close(t)
	text := expr.Text("SELECT 1")
	made := schema.NewTable(nil, "made", schema.Col("a", schema.Integer))
	unknown := expr.Node(ddl.Raw("SHOW TABLES"))
	for _, c := range []struct {
		name string
		node expr.Node
		want string
	}{
		{"select", read, "a"},
		{"compound", expr.UnionAll(read, read), "a"},
		{"explain", ddl.Explain(write), "a"},
		{"text that only reads", text.ReadOnly(), "a"},
		{"read with options", engine.Statement{Node: read}, "a"},
		{"text", text, "leader"},
		{"insert", write, "leader"},
		{"update", expr.Update(table).Set(column.To(1)), "leader"},
		{"delete", expr.Delete(table), "leader"},
		{"merge", expr.Merge(table, expr.Name("u"), expr.Eq(column, column)).WhenMatched().Delete(), "leader"},
		{"definition", ddl.CreateTable(made), "leader"},
		{"one that says nothing", unknown, "leader"},
		{"write with options", engine.Statement{Node: write}, "leader"},
	} {
		for name, run := range map[string]func(context.Context, expr.Node) error{
			"query": func(ctx context.Context, n expr.Node) error { return do(ctx, s.route, n) },
			"exec":  func(ctx context.Context, n expr.Node) error { _, err := s.route.Exec(ctx, n); return err },
		} {
			err := run(t.Context(), c.node)
			if got := s.took(); err != nil || !slices.Equal(got, []string{c.want}) {
				t.Errorf("%s: %s: taken by %v, want %s; %v", name, c.name, got, c.want, err)
			}
		}
	}
	if err := do(t.Context(), s.route, nil); err == nil {
		t.Error("no statement is no error")
	}
}

// TestTargets: each server gets a statement in its own dialect, with what With has said.
func TestTargets(t *testing.T) {
	s := start(t, route.Options{}, 1)
	defer s.close(t)
	order := schema.NewTable(nil, "order", schema.In("stage"), schema.Col("a", schema.Integer))
	e := s.route.With(engine.Options{Schemas: map[string]string{"stage": "prod"}})
	q := expr.Select(expr.T(order).C("a"))
	for _, ctx := range []context.Context{t.Context(), route.UseLeader(t.Context())} {
		if err := do(ctx, e, q); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.follow[0].take(); len(got) != 1 || !strings.Contains(got[0], "FROM `prod`.`order`") {
		t.Errorf("the follower got %q", got)
	}
	if got := s.leader.take(); len(got) != 1 || !strings.Contains(got[0], `FROM prod."order"`) {
		t.Errorf("the leader got %q", got)
	}
}

func TestUse(t *testing.T) {
	s := start(t, route.Options{Sticky: time.Hour}, 1, 1)
	defer s.close(t)
	ctx := t.Context()
	for range 3 {
		s.want(t, route.UseLeader(ctx), s.route, read, "leader")
		s.want(t, route.Use(ctx, "b"), s.route, read, "b")
	}
	s.want(t, ctx, s.route, write, "leader")
	s.want(t, route.Use(ctx, "b"), s.route, read, "b") // whatever the leader has taken
	s.want(t, route.Use(ctx, "b"), s.route, expr.Text("REFRESH t"), "b")
	s.want(t, route.Use(route.UseLeader(ctx), "a"), s.route, read, "a")

	var name *route.NameError
	if err := do(route.Use(ctx, "c"), s.route, read); !errors.As(err, &name) || !slices.Equal(name.Known, []string{"leader", "a", "b"}) {
		t.Errorf("a name that is not known: %v", err)
	}
	if _, err := s.route.Begin(route.Use(ctx, "c"), engine.TxOptions{}); !errors.As(err, &name) {
		t.Errorf("a name that is not known: %v", err)
	}
	s.follow[1].kill()
	s.took()
	if err := do(route.Use(ctx, "b"), s.route, read); !errors.Is(err, errDown) || len(s.took()) != 0 {
		t.Errorf("a server that is down: %v, want its error, and no other server", err)
	}
}

// TestScopes: a session is one of the leader, or of the server that was asked for, whatever is executed on it.
func TestScopes(t *testing.T) {
	s := start(t, route.Options{}, 1, 1)
	defer s.close(t)
	sessions := map[int]int{}
	for _, on := range append([]*server{s.leader}, s.follow...) {
		on.arrived = func(_ *server, session int, _ string) { sessions[session]++ }
	}
	all := func(ctx context.Context, on queryer) error {
		return errors.Join(do(ctx, on, read), do(ctx, on, write), do(route.Use(ctx, "a"), on, read))
	}
	scopes := map[string]func(ctx context.Context) error{
		"connect": func(ctx context.Context) error {
			c, err := s.route.Connect(ctx)
			if err != nil {
				return err
			}
			return errors.Join(all(ctx, c.With(engine.Options{FetchSize: 2})), c.Close())
		},
		"do": func(ctx context.Context) error {
			return s.route.Do(ctx, func(c *engine.Conn) error { return all(ctx, c) })
		},
		"begin": func(ctx context.Context) error {
			tx, err := s.route.Begin(ctx, engine.TxOptions{})
			if err != nil {
				return err
			}
			return errors.Join(all(ctx, tx), tx.Commit())
		},
		"in tx": func(ctx context.Context) error {
			return s.route.InTx(ctx, engine.TxOptions{}, func(tx *engine.Tx) error { return all(ctx, tx) })
		},
	}
	for name, run := range scopes {
		for _, on := range []string{"leader", "b"} {
			ctx := t.Context()
			if on != "leader" {
				ctx = route.Use(ctx, on)
			}
			clear(sessions)
			err := run(ctx)
			if got := s.took(); err != nil || !slices.Equal(got, []string{on, on, on}) || len(sessions) != 1 {
				t.Errorf("%s on %s: taken by %v, in sessions %v; %v", name, on, got, sessions, err)
			}
		}
	}
}

func TestSticky(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, route.Options{Sticky: 10 * time.Second}, 1)
		defer s.close(t)
		ctx := t.Context()
		s.want(t, ctx, s.route, read, "a")
		s.want(t, ctx, s.route, write, "leader")
		time.Sleep(10*time.Second - 1)
		s.want(t, ctx, s.route, read, "leader")
		time.Sleep(time.Nanosecond)
		s.want(t, ctx, s.route, read, "a")

		s.want(t, ctx, s.route, expr.Text("CALL f()"), "leader") // which may write
		s.want(t, ctx, s.route.With(engine.Options{FetchSize: 1}), read, "leader")
		s.route.Refresh()
		s.want(t, ctx, s.route, read, "a")

		s.leader.set(func(l *server) { l.fails = errDied })
		if err := do(ctx, s.route, write); !errors.Is(err, errDied) {
			t.Errorf("got %v", err)
		}
		s.leader.set(func(l *server) { l.fails = nil })
		s.want(t, ctx, s.route, read, "leader") // the statement may have had its effect
		s.route.Refresh()

		s.leader.set(func(l *server) { l.takes = func() time.Duration { return time.Minute } })
		done := make(chan error)
		go func() { done <- do(ctx, s.route, write) }()
		time.Sleep(time.Second)
		s.route.Refresh() // which knows nothing of what is being written
		s.leader.set(func(l *server) { l.takes = nil })
		s.want(t, ctx, s.route, read, "leader")
		if err := <-done; err != nil {
			t.Error(err)
		}
		time.Sleep(9 * time.Second)
		s.want(t, ctx, s.route, read, "leader")
		time.Sleep(time.Second)
		s.want(t, ctx, s.route, read, "a")
	})
}

// TestStickyTransaction: what a transaction has written others see when it is over.
func TestStickyTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, route.Options{Sticky: time.Second}, 1)
		defer s.close(t)
		ctx := t.Context()
		tx, err := s.route.Begin(ctx, engine.TxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		s.want(t, ctx, tx, read, "leader")
		s.want(t, ctx, s.route, read, "a")
		s.want(t, ctx, tx, write, "leader")
		time.Sleep(time.Hour)
		s.want(t, ctx, s.route, read, "leader")
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second - 1)
		s.want(t, ctx, s.route, read, "leader")
		time.Sleep(time.Nanosecond)
		s.want(t, ctx, s.route, read, "a")

		err = s.route.Do(ctx, func(c *engine.Conn) error { // each statement for itself
			s.want(t, ctx, c, write, "leader")
			s.want(t, ctx, s.route, read, "leader")
			time.Sleep(time.Second)
			s.want(t, ctx, s.route, read, "a")
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		s.want(t, ctx, s.route, read, "a")
	})
}

func TestStickyUntilRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, route.Options{Sticky: route.UntilRefresh}, 1)
		defer s.close(t)
		ctx := t.Context()
		s.want(t, ctx, s.route, read, "a")
		s.want(t, ctx, s.route, write, "leader")
		time.Sleep(1000 * time.Hour)
		s.want(t, ctx, s.route, read, "leader")
		s.route.Refresh()
		s.want(t, ctx, s.route, read, "a")
	})
}

// TestSession: the statements of one user do not decide about another one's reads.
func TestSession(t *testing.T) {
	s := start(t, route.Options{Sticky: time.Hour}, 1)
	defer s.close(t)
	ctx, one, two := t.Context(), s.route.Session(), s.route.Session()
	s.want(t, ctx, one, write, "leader")
	s.want(t, ctx, one, read, "leader")
	s.want(t, ctx, one.With(engine.Options{FetchSize: 1}), read, "leader")
	s.want(t, ctx, two, read, "a")
	s.want(t, ctx, s.route, read, "a")
	one.Refresh()
	s.want(t, ctx, one, read, "a")
}

func TestOptions(t *testing.T) {
	e := engine.Mock(other{}, &strings.Builder{})
	bound := schema.NewTable(nil, "bound")
	for name, o := range map[string]route.Options{
		"no engine":    {Followers: []route.Follower{{Name: "a"}}},
		"no name":      {Followers: []route.Follower{{Engine: e}}},
		"twice":        {Followers: []route.Follower{{Name: "a", Engine: e}, {Name: "a", Engine: e}}},
		"the leader's": {Followers: []route.Follower{{Name: "leader", Engine: e}}},
		"weight":       {Followers: []route.Follower{{Name: "a", Engine: e, Weight: -1}}},
		"probe":        {Probe: -1},
		"bound, none":  {Bound: []route.Bound{{Name: "x"}}},
		"bound, named": {Bound: []route.Bound{{Name: "leader", Engine: e}}},
		"bound, twice": {Bound: []route.Bound{{Name: "x", Engine: e, Tables: []*schema.Table{bound, bound}}}},
		"policy":       {Policy: route.Weighted + 1},
		"followers":    {OnlyFollowers: true},
	} {
		if _, err := route.New(e, o); !errors.As(err, new(*engine.OptionError)) {
			t.Errorf("%s: got %v, want an *engine.OptionError", name, err)
		}
	}
	if _, err := route.New(nil, route.Options{}); !errors.As(err, new(*engine.OptionError)) {
		t.Errorf("no leader: %v", err)
	}
	s := start(t, route.Options{})
	defer s.close(t)
	s.want(t, t.Context(), s.route, read, "leader") // which is all there is
}
