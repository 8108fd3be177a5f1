package toolkit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	definitions "github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/engine/route"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

const routeSticky = time.Second

// routeTest is a leader and a follower over the leader's metastore, and a journal of what they have executed. Every
// statement asks, or writes down, in which process it is: each has a folder of its own.
type routeTest struct {
	route *route.Engine
	here  expr.String // the folder of the process that evaluates it

	mu     sync.Mutex
	reads  []routeRead
	writes []routeWrite
}

// routeRead is a read that some server was chosen for between two moments.
type routeRead struct {
	asked, begun time.Time
	where        string
	scoped       bool
}

// routeWrite is a statement that was being written at least between two moments.
type routeWrite struct{ begun, ended time.Time }

// watched is ctx for a statement whose moments are to be known.
func watched(ctx context.Context, begun, ended *time.Time) context.Context {
	return engine.WithOptions(ctx, engine.Options{Hooks: []engine.Hooks{{
		BeforeExecute: func(ctx context.Context, _ *engine.Event) (context.Context, error) {
			*begun = time.Now()
			return ctx, nil
		},
		AfterExecute: func(context.Context, *engine.Event) { *ended = time.Now() },
	}}})
}

// TestRoute: two HiveServer2 over one metastore, of which the follower dies and comes back.
func TestRoute(t *testing.T) {
	leader := hivetest.Shared(t, hivetest.Hive401)
	live.Ours(t, leader)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	follower := live.Beside(t, leader)
	relay := live.NewRelay(t, follower.Addr())
	e, err := route.New(routeEngine(t, live.Config(t, leader)), route.Options{
		Followers: []route.Follower{{Name: "follower", Engine: routeEngine(t, live.At(t, live.Config(t, follower), relay.Addr()))}},
		Sticky:    routeSticky, BackOff: 100 * time.Millisecond, MaxBackOff: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &routeTest{route: e, here: expr.TextOf[expr.String]("reflect('java.lang.System', 'getProperty', 'java.io.tmpdir')")}
	leaders, first := r.folder(t, ctx, route.Leader), r.folder(t, ctx, "follower")
	if leaders == first {
		t.Fatalf("both servers are %s", first)
	}
	written := schema.NewTable(nil, "skep_route", schema.In("default"), schema.Col("place", schema.String))
	r.define(t, ctx, definitions.DropTable(written).IfExists())
	r.define(t, ctx, definitions.CreateTable(written))
	defer r.define(t, context.WithoutCancel(ctx), definitions.DropTable(written))

	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range 3 {
		clients.Go(func() { r.read(t, ctx, stop) })
	}
	clients.Go(func() { r.write(t, ctx, written, stop) })
	count := func(where string) int {
		r.mu.Lock()
		defer r.mu.Unlock()
		n := 0
		for _, read := range r.reads {
			if read.where == where && !read.scoped {
				n++
			}
		}
		return n
	}
	more := func(what, where string) {
		before := count(where)
		live.Eventually(t, time.Minute, what, func() bool { return count(where) > before+10 })
	}
	more("reads on the follower", first)
	if err := follower.Kill(); err != nil {
		t.Error(err)
	}
	live.Eventually(t, time.Minute, "the follower is missed", func() bool { return e.Followers()[0].Err != nil })
	more("reads on the leader instead", leaders)
	again := live.Beside(t, leader)
	relay.MoveTo(again.Addr())
	second := r.folder(t, ctx, "follower")
	more("reads on the follower that is back", second)
	close(stop)
	clients.Wait()

	r.check(t, leaders, []string{first, second})
	r.checkWritten(t, ctx, written, leaders)
}

func routeEngine(t *testing.T, cfg *hive.Config) *engine.Engine {
	t.Helper()
	connector, err := driver.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	e := engine.OpenTarget(engine.Target{Connector: connector, Dialect: dialect.New(dialect.Hive40)}, engine.Config{
		Options: engine.Options{Logger: slog.New(slog.DiscardHandler)},
	})
	t.Cleanup(func() {
		if n := e.DB().Stats().InUse; n != 0 {
			t.Errorf("%d sessions were not given back", n)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func (r *routeTest) define(t *testing.T, ctx context.Context, n expr.Node) {
	t.Helper()
	if _, err := r.route.Exec(ctx, n); err != nil {
		t.Fatal(err)
	}
}

// folder asks for the folder of the server with the name.
func (r *routeTest) folder(t *testing.T, ctx context.Context, name string) string {
	t.Helper()
	res, err := r.route.Query(route.Use(ctx, name), expr.Select(r.here))
	if err != nil {
		t.Fatal(err)
	}
	where, err := oneText(ctx, res)
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func oneText(ctx context.Context, res *engine.Result) (string, error) {
	rows, err := res.All(ctx)
	if err != nil || len(rows) != 1 {
		return "", fmt.Errorf("%d rows: %w", len(rows), err)
	}
	return fmt.Sprint(rows[0].At(0)), nil
}

// read reads until stop is closed, now and then within a transaction. The only error is that of a server that dies
// while it executes.
func (r *routeTest) read(t *testing.T, ctx context.Context, stop <-chan struct{}) {
	once := func(scoped bool, query func(ctx context.Context) (*engine.Result, error)) error {
		read := routeRead{asked: time.Now(), scoped: scoped}
		var ended time.Time
		res, err := query(watched(ctx, &read.begun, &ended))
		if err != nil {
			return err
		}
		read.where, err = oneText(ctx, res)
		r.mu.Lock()
		defer r.mu.Unlock()
		if err == nil {
			r.reads = append(r.reads, read)
		}
		return err
	}
	q := expr.Select(r.here)
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-time.After(50 * time.Millisecond):
		}
		var err error
		if i%10 == 9 {
			err = r.route.InTx(ctx, engine.TxOptions{}, func(tx *engine.Tx) error {
				read := func(ctx context.Context) (*engine.Result, error) { return tx.Query(ctx, q) }
				return errors.Join(once(true, read), once(true, read))
			})
		} else {
			err = once(false, func(ctx context.Context) (*engine.Result, error) { return r.route.Query(ctx, q) })
		}
		if err != nil && !errors.As(err, new(*hive.NetworkError)) {
			t.Errorf("a read: %v", err)
		}
	}
}

// write writes until stop is closed, with pauses in which the follower may read.
func (r *routeTest) write(t *testing.T, ctx context.Context, into *schema.Table, stop <-chan struct{}) {
	insert := expr.Insert(expr.T(into)).FromSelect(expr.Select(r.here.As("place")))
	for {
		select {
		case <-stop:
			return
		case <-time.After(4 * time.Second):
		}
		var w routeWrite
		_, err := r.route.Exec(watched(ctx, &w.begun, &w.ended), insert)
		if err != nil {
			t.Errorf("a write: %v", err)
		}
		r.mu.Lock()
		r.writes = append(r.writes, w)
		r.mu.Unlock()
	}
}

// check holds the reads against what was written when.
func (r *routeTest) check(t *testing.T, leader string, followers []string) {
	t.Helper()
	scoped, sticky := 0, 0
	for _, read := range r.reads {
		lead := slices.ContainsFunc(r.writes, func(w routeWrite) bool {
			return w.begun.Before(read.asked) && read.begun.Before(w.ended.Add(routeSticky))
		})
		switch {
		case read.scoped:
			scoped++
		case lead:
			sticky++
		}
		if (lead || read.scoped) && read.where != leader || read.where != leader && !slices.Contains(followers, read.where) {
			t.Errorf("a read was executed in %s: %+v", read.where, read)
		}
	}
	t.Logf("%d writes, %d reads, %d of them in a scope, %d because of a write", len(r.writes), len(r.reads), scoped, sticky)
	if len(r.writes) == 0 || scoped == 0 || sticky == 0 {
		t.Error("the test has not met all cases")
	}
}

// checkWritten: each write was executed once, by the leader; the follower sees them all.
func (r *routeTest) checkWritten(t *testing.T, ctx context.Context, table *schema.Table, leader string) {
	t.Helper()
	r.route.Refresh()
	res, err := r.route.Query(route.Use(ctx, "follower"), expr.Select(expr.T(table).C("place")))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := res.All(ctx)
	if err != nil || len(rows) != len(r.writes) {
		t.Errorf("%d rows, %v; want %d", len(rows), err, len(r.writes))
	}
	for _, row := range rows {
		if where := fmt.Sprint(row.At(0)); where != leader {
			t.Errorf("a write was executed in %s, want %s", where, leader)
		}
	}
}
