package toolkit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/enginetest"
	definitions "github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// hiveEngine is an engine on a server.
func hiveEngine(t *testing.T, srv *hivetest.Server, o engine.Options, params ...string) *engine.Engine {
	t.Helper()
	url, between := srv.DSN(), "?"
	for _, p := range append(params, "dialect="+live.Dialect(t, srv).Name()) {
		if strings.Contains(url, "?") {
			between = "&"
		}
		url += between + p
	}
	e, err := engine.Open(url, engine.Config{Options: o})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// TestEngine proves engines on all servers, and what needs a server of its own version on Hive 4.
func TestEngine(t *testing.T) {
	for _, kind := range live.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			server := enginetest.Server{
				Schema: "default", Affected: -1, Scratch: "create temporary table engine_scratch (a int)", Unscratch: "drop table engine_scratch",
			}
			var params []string
			switch kind {
			case hivetest.Hive401:
				server.Affected = 1
			case hivetest.Hive2310:
				params = []string{"hiveconf:hive.strict.checks.cartesian.product=false"} // which an engine warns of
			case hivetest.Spark35:
				server.AnswersRows = true
				server.Scratch, server.Unscratch = "create temporary view engine_scratch as select 1 where false", "drop view engine_scratch"
			}
			enginetest.Run(t, hiveEngine(t, live.Shared(t, kind), engine.Options{}, params...), server)
		})
	}
	srv := hivetest.Shared(t, hivetest.Hive401)
	e := hiveEngine(t, srv, engine.Options{})
	t.Run("carried", func(t *testing.T) { engineCarried(t, e) })
	t.Run("refused", func(t *testing.T) { engineRefused(t, srv) })
	t.Run("timeout", func(t *testing.T) { engineTimeout(t, srv) })
	t.Run("sessions", func(t *testing.T) { engineSessions(t, e) })
	t.Run("settings", func(t *testing.T) { engineSettings(t, srv) })
}

// engineCarried: what is said for one statement reaches the server with it, and only with it.
func engineCarried(t *testing.T, e *engine.Engine) {
	var lines, reports atomic.Int32
	cross := engine.Statement{
		Node: expr.Text("select count(*) from (select 1 a) x cross join (select 2 b) y"),
		Options: engine.Options{
			StatementConf: map[string]string{"hive.strict.checks.cartesian.product": "true"},
			Tag:           "skep-engine", OnLog: func(string) { lines.Add(1) },
		},
	}
	_, err := e.Query(t.Context(), cross)
	if !errors.As(err, new(*engine.StatementError)) || !strings.Contains(err.Error(), "artesian") {
		t.Errorf("with the setting: %v, want the server's refusal", err)
	}
	r, err := e.Query(t.Context(), cross.Node)
	if err != nil {
		t.Fatalf("without the setting: %v", err)
	}
	if rows, err := r.All(t.Context()); err != nil || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	logged := engine.Statement{Node: expr.Text("select count(*) from (select 1 a) x"), Options: engine.Options{
		OnLog: cross.Options.OnLog, OnProgress: func(engine.Progress) { reports.Add(1) },
	}}
	if r, err = e.Query(t.Context(), logged); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil || lines.Load() == 0 || reports.Load() == 0 {
		t.Errorf("%d lines of the log, %d reports of progress, %v", lines.Load(), reports.Load(), err)
	}
}

// engineRefused: an engine of a pool that nobody told about the driver refuses what it cannot hand over.
func engineRefused(t *testing.T, srv *hivetest.Server) {
	e := engine.New(live.Open(t, srv), dialect.New(dialect.Hive40), engine.Options{Tag: "t"})
	var option *engine.OptionError
	if _, err := e.Query(t.Context(), expr.Text("select 1")); !errors.As(err, &option) || option.Option != "Tag" {
		t.Errorf("got %v, want an *OptionError about the tag", err)
	}
}

// engineTimeout: both ways of keeping the time end a statement, and give back its session.
func engineTimeout(t *testing.T, srv *hivetest.Server) {
	slow := expr.Text("select count(reflect('java.lang.Thread', 'sleep', cast(20000 as bigint)))")
	pool := live.Open(t, srv)
	for name, e := range map[string]*engine.Engine{
		"server": hiveEngine(t, srv, engine.Options{}), "engine": engine.New(pool, dialect.New(dialect.Hive40), engine.Options{}),
	} {
		began := time.Now()
		r, err := e.With(engine.Options{Timeout: time.Second}).Query(t.Context(), slow)
		if err == nil {
			_, err = r.All(t.Context())
		}
		if took := time.Since(began); took > 15*time.Second || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, hive.ErrQueryTimeout) {
			t.Errorf("%s: %v after %v", name, err, took)
		}
		if n := e.DB().Stats().InUse; n != 0 {
			t.Errorf("%s: %d sessions are in use", name, n)
		}
	}
}

// engineSessions: what was changed in a session that was given back is not seen by others.
func engineSessions(t *testing.T, e *engine.Engine) {
	err := e.Do(t.Context(), func(c *engine.Conn) error {
		if _, err := c.Exec(t.Context(), expr.Text("set skep.engine=1")); err != nil {
			return err
		}
		return says(t, c, "skep.engine=1")
	})
	if err != nil {
		t.Error(err)
	}
	for range 3 {
		if err := e.Do(t.Context(), func(c *engine.Conn) error { return says(t, c, "skep.engine is undefined") }); err != nil {
			t.Error(err)
		}
	}
}

// engineSettings: a statement that needs a setting gets it in a session that has another one, by each way there is.
func engineSettings(t *testing.T, srv *hivetest.Server) {
	days := schema.NewTable(nil, "engine_days", schema.Col("id", schema.BigInt), schema.Col("day", schema.String), dialect.PartitionedBy("day"))
	table := expr.T(days)
	id, day := expr.Col[expr.Int](table, "id"), expr.Col[expr.String](table, "day")
	insert := expr.Insert(table).Columns(id, day).Values(1, "monday")
	e := hiveEngine(t, srv, engine.Options{})
	for _, n := range []expr.Node{definitions.DropTable(days).IfExists(), definitions.CreateTable(days)} {
		if _, err := e.Exec(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		if _, err := e.Exec(context.Background(), definitions.DropTable(days)); err != nil {
			t.Error(err)
		}
	}()
	pool := live.Open(t, srv)
	for _, tc := range []struct {
		name     string
		dialect  dialect.Version
		carrier  engine.Carrier
		accepted bool
	}{
		{"none, for Hive 4 has it by default", dialect.Hive40, skep.Carry, false},
		{"beside the statement", dialect.Hive31, skep.Carry, true},
		{"before the statement", dialect.Hive31, nil, true},
		{"before the statement, as on Spark", dialect.Spark35, skep.Carry, true},
	} {
		on := engine.New(pool, dialect.New(tc.dialect), engine.Options{Carrier: tc.carrier})
		err := on.Do(t.Context(), func(c *engine.Conn) error {
			if _, err := c.Exec(t.Context(), dialect.SetConf("hive.exec.dynamic.partition.mode", "strict")); err != nil {
				return err
			}
			_, err := c.Exec(t.Context(), insert)
			return err
		})
		if (err == nil) != tc.accepted {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func says(t *testing.T, c *engine.Conn, want string) error {
	r, err := c.Query(t.Context(), expr.Text("set skep.engine"))
	if err != nil {
		return err
	}
	row, _, err := r.Next(t.Context())
	if err != nil {
		return errors.Join(err, r.Close())
	}
	if got := fmt.Sprint(row.At(0)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	return r.Close()
}
