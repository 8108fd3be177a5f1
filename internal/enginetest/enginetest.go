// Package enginetest proves an engine on a server: each dialect's tests give it one.
package enginetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Server is what differs between servers.
type Server struct {
	Schema      string // where tables are made, and dropped again
	Affected    int64  // what the server says of one row that is inserted
	AnswersRows bool   // to an INSERT
	// Scratch makes something named engine_scratch, with no rows, that only its session sees; Unscratch drops it.
	Scratch, Unscratch string
}

// Run proves e.
func Run(t *testing.T, e *engine.Engine, server Server) {
	in := server.Schema
	s := &suite{server: server, e: e.With(engine.Options{Schemas: map[string]string{"": in, "elsewhere": in}})}
	s.items = schema.NewTable(nil, "engine_items", schema.Col("id", schema.BigInt), schema.Col("name", schema.String))
	s.table = expr.T(s.items)
	s.id, s.name = expr.Col[expr.Int](s.table, "id"), expr.Col[expr.String](s.table, "name")
	s.exec(t, ddl.DropTable(s.items).IfExists())
	s.exec(t, ddl.CreateTable(s.items))
	t.Cleanup(func() {
		if _, err := s.e.Exec(context.Background(), ddl.DropTable(s.items)); err != nil {
			t.Error(err)
		}
	})
	t.Run("values", s.values)
	t.Run("schemas", s.schemas)
	t.Run("custom types", s.custom)
	t.Run("nested", s.nested)
	t.Run("session", s.session)
	t.Run("open results", s.openResults)
	t.Run("hooks", s.hooks)
	t.Run("errors", s.errors)
	t.Run("dry run", s.dryRun)
	t.Run("lint", s.lint)
	t.Run("context", s.context)
	t.Run("commit", s.commit)
	t.Run("rollback", s.rollback)
	t.Run("unsupported", s.unsupported)
	if n := e.DB().Stats().InUse; n != 0 {
		t.Errorf("%d sessions were not given back", n)
	}
}

type suite struct {
	server Server
	e      *engine.Engine
	items  *schema.Table
	table  expr.Table
	id     expr.Int
	name   expr.String
}

// executor is an engine, a connection or a transaction.
type executor interface {
	Query(ctx context.Context, n expr.Node, params ...compile.Params) (*engine.Result, error)
	Exec(ctx context.Context, n expr.Node, params ...compile.Params) (*engine.Result, error)
}

func (s *suite) exec(t *testing.T, n expr.Node, params ...compile.Params) {
	t.Helper()
	if _, err := s.e.Exec(t.Context(), n, params...); err != nil {
		t.Fatal(err)
	}
}

// names are the names of the items from id up, in order.
func (s *suite) names(t *testing.T, x executor, from int64) []string {
	t.Helper()
	return texts(t, x, expr.Select(s.name).Where(s.id.Ge(from)).OrderBy(s.name))
}

func texts(t *testing.T, x executor, n expr.Node, params ...compile.Params) []string {
	t.Helper()
	r, err := x.Query(t.Context(), n, params...)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := r.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, row := range rows {
		list = append(list, fmt.Sprint(row.At(0)))
	}
	return list
}

func (s *suite) insert(id int64, name string) expr.Node {
	return expr.Insert(s.table).Set(s.id.To(id), s.name.To(name))
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want); g != w {
		t.Errorf("\n got %s\nwant %s", g, w)
	}
}

func (s *suite) values(t *testing.T) {
	hostile := `it's \ "?" :name $x`
	s.exec(t, s.insert(1, hostile))
	equal(t, s.names(t, s.e, 1), []string{hostile})
	q := expr.Select(s.name).Where(expr.Eq(s.id, expr.Param[expr.Int]("id")))
	equal(t, texts(t, s.e, q, compile.Params{"id": 1}), []string{hostile})
	equal(t, texts(t, s.e, q, compile.Params{"id": 0}), []string(nil))
	r, err := s.e.Query(t.Context(), s.insert(2, "by Query"))
	if err != nil {
		t.Fatal(err)
	}
	if r.ReturnsRows() != s.server.AnswersRows {
		t.Errorf("an INSERT gives rows: %v, want %v", r.ReturnsRows(), s.server.AnswersRows)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	equal(t, s.names(t, s.e, 2), []string{"by Query"})
	r, err = s.e.Exec(t.Context(), s.insert(3, "by Exec"))
	if err != nil || r.RowsAffected() != s.server.Affected {
		t.Errorf("%d rows were changed, error: %v; want %d", r.RowsAffected(), err, s.server.Affected)
	}
	if _, err := s.e.Query(t.Context(), q); err == nil {
		t.Error("a parameter without a value was accepted")
	}
	equal(t, texts(t, s.e, expr.Text("SELECT :a", expr.P("a", hostile))), []string{hostile})
}

// schemas: a table of another schema is found by the name that stands for it, on each engine by its own.
func (s *suite) schemas(t *testing.T) {
	other := expr.T(schema.NewTable(nil, "engine_items", schema.In("elsewhere"), schema.Col("id", schema.BigInt)))
	id := expr.Col[expr.Int](other, "id")
	q := expr.Select(id).Where(id.Eq(1))
	equal(t, texts(t, s.e, q), []string{"1"})
	nowhere := s.e.With(engine.Options{Schemas: map[string]string{"elsewhere": "nowhere"}})
	if _, err := nowhere.Query(t.Context(), q); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got %v, want an error about the schema nowhere", err)
	}
}

// session: a connection is one session, and so are its views.
func (s *suite) session(t *testing.T) {
	err := s.e.Do(t.Context(), func(c *engine.Conn) error {
		if _, err := c.Exec(t.Context(), expr.Text(s.server.Scratch)); err != nil {
			return err
		}
		equal(t, texts(t, c.With(engine.Options{NoCache: true}), expr.Text("select count(*) from engine_scratch")), []string{"0"})
		_, err := c.Exec(t.Context(), expr.Text(s.server.Unscratch))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// openResults: who closes a connection does not wait for results that nobody closes.
func (s *suite) openResults(t *testing.T) {
	c, err := s.e.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.Query(t.Context(), expr.Select(s.name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Query(t.Context(), expr.Select(s.name)); !errors.Is(err, engine.ErrConnClosed) {
		t.Errorf("after the end: %v", err)
	}
	r, err := s.e.Query(t.Context(), expr.Select(s.name))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func (s *suite) hooks(t *testing.T) {
	type key struct{}
	var seen []string
	note := func(name string) engine.Hooks {
		return engine.Hooks{
			Checkout: func(context.Context, *engine.Conn) error { seen = append(seen, name+" checkout"); return nil },
			Checkin:  func(*engine.Conn) { seen = append(seen, name+" checkin") },
			BeforeExecute: func(ctx context.Context, e *engine.Event) (context.Context, error) {
				seen = append(seen, name+" before")
				e.SQL = strings.Replace(e.SQL, "'before'", "'changed'", 1)
				return context.WithValue(ctx, key{}, name), nil
			},
			AfterExecute: func(ctx context.Context, e *engine.Event) {
				seen = append(seen, fmt.Sprint(name, " after, under ", ctx.Value(key{}), ": ", e.Err))
			},
			DDL: func(context.Context, *engine.Event) error { seen = append(seen, name+" ddl"); return nil },
		}
	}
	e := s.e.With(engine.Options{Hooks: []engine.Hooks{note("outer")}}).With(engine.Options{Hooks: []engine.Hooks{note("inner")}})
	equal(t, texts(t, e, expr.Text("select 'before'")), []string{"changed"})
	equal(t, seen, []string{
		"outer before", "inner before", "outer checkout", "inner checkout",
		"inner checkin", "outer checkin", "inner after, under inner: <nil>", "outer after, under outer: <nil>",
	})
	seen = nil
	stop := errors.New("no definitions here")
	seen = nil
	var stays *engine.NotRolledBackError
	tx := s.e.With(engine.Options{Hooks: []engine.Hooks{{
		Begin: func(_ context.Context, tx *engine.Tx) { seen = append(seen, fmt.Sprint("begin ", tx.Active())) },
		End: func(tx *engine.Tx, rolledBack bool, err error) {
			seen = append(seen, fmt.Sprint("end ", tx.Active(), rolledBack, errors.As(err, &stays)))
		},
	}}})
	for _, end := range []error{nil, stop} {
		err := tx.InTx(t.Context(), engine.TxOptions{}, func(tx *engine.Tx) error {
			if end != nil {
				return errors.Join(end, second(tx.Exec(t.Context(), s.insert(-1, "in a transaction"))))
			}
			return nil
		})
		if !errors.Is(err, end) {
			t.Errorf("got %v, want %v", err, end)
		}
	}
	equal(t, seen, []string{"begin true", "end false false false", "begin true", fmt.Sprint("end false true ", !s.transactions())})
	seen = nil
	e = e.With(engine.Options{DryRun: true, Hooks: []engine.Hooks{{DDL: func(context.Context, *engine.Event) error { return stop }}}})
	if _, err := e.Exec(t.Context(), ddl.DropTable(s.items)); !errors.Is(err, stop) {
		t.Errorf("got %v, want %v", err, stop)
	}
	if !slices.Contains(seen, "inner ddl") {
		t.Errorf("the hook of definitions was not called: %q", seen)
	}
}

func second(_ *engine.Result, err error) error { return err }

// errors: an error tells of the statement, without its values where they are to be hidden.
func (s *suite) errors(t *testing.T) {
	missing := expr.Text("select * from engine_missing where name = :name", expr.P("name", "s3cret"))
	_, err := s.e.Query(t.Context(), missing)
	var failed *engine.StatementError
	if !errors.As(err, &failed) || !strings.Contains(failed.SQL, "engine_missing") {
		t.Fatalf("got %v, want a *StatementError", err)
	}
	_, err = s.e.With(engine.Options{HideParameters: true}).Query(t.Context(), missing)
	if !errors.As(err, &failed) || failed.SQL != "select * from engine_missing where name = ?" {
		t.Errorf("got %q, want the template", failed.SQL)
	}
	s.hidden(t)
	instead := errors.New("instead")
	hook := engine.Hooks{Error: func(_ context.Context, _ *engine.Event, err error) error { return errors.Join(instead, err) }}
	if _, err = s.e.With(engine.Options{Hooks: []engine.Hooks{hook}}).Exec(t.Context(), missing); !errors.Is(err, instead) || !errors.As(err, &failed) {
		t.Errorf("got %v, want what the hook makes of it", err)
	}
}

// hidden: no value of a statement that fails is in its error or in the log, however the server quotes it.
func (s *suite) hidden(t *testing.T) {
	var log strings.Builder
	e := s.e.With(engine.Options{HideParameters: true, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	secret := expr.P("v", "s3cret pa$$w0rd's 4711")
	bad := s.made(t, "engine_secrets", schema.Col("id", schema.BigInt), schema.Col("name", schema.String))
	id, name := expr.Col[expr.Int](bad, "id"), expr.Col[expr.String](bad, "name")
	missing := expr.T(schema.NewTable(nil, "engine_missing", schema.Col("name", schema.String)))
	for _, n := range []expr.Node{
		expr.Text("select * from engine_missing where name = :v", secret),
		expr.Text("selec name where name = :v", secret),
		expr.Text("select 1 from from :v :v", secret),
		expr.Text("select engine_no_function(:v)", secret),
		expr.Select(id).Where(name.Eq("s3cret pa$$w0rd's 4711"), expr.Of[expr.Bool](expr.Call[expr.Any]("engine_no_function", name))),
		expr.Insert(missing).Columns(expr.Col[expr.String](missing, "name")).Values("s3cret pa$$w0rd's 4711"),
	} {
		r, err := e.Query(t.Context(), n)
		if err == nil {
			_, err = r.All(t.Context())
		}
		if err == nil {
			t.Errorf("%v was executed", n)
			continue
		}
		for _, word := range []string{"s3cret", "w0rd", "4711"} {
			if text := err.Error() + log.String(); strings.Contains(text, word) {
				t.Errorf("%q is in %s", word, text)
			}
		}
	}
	rows := []map[string]any{{"name": "s3cret"}, {"name": "pa$$w0rd"}}
	_, err := engine.InsertMany[map[string]any](t.Context(), e, expr.Insert(missing), rows, engine.BatchOptions{})
	if err == nil || strings.Contains(err.Error()+log.String(), "s3cret") || strings.Contains(err.Error(), "w0rd") {
		t.Errorf("a value is in %v, or in %s", err, log.String())
	}
}

func (s *suite) dryRun(t *testing.T) {
	r, err := s.e.Query(engine.WithOptions(t.Context(), engine.Options{DryRun: true}), s.insert(99, "dry"))
	if err != nil || r.ReturnsRows() {
		t.Errorf("rows: %v, error: %v; want neither", r.ReturnsRows(), err)
	}
	plan, err := s.e.Query(t.Context(), ddl.Explain(s.insert(99, "planned")))
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := plan.All(t.Context()); err != nil || len(rows) == 0 {
		t.Errorf("a plan of %d rows, %v", len(rows), err)
	}
	equal(t, s.names(t, s.e, 99), []string(nil))
}

// lint is C-62.
func (s *suite) lint(t *testing.T) {
	other := s.table.As("other")
	id := expr.Col[expr.Int](other, "id")
	var log strings.Builder
	e := s.e.With(engine.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for _, tc := range []struct {
		q    expr.SelectStmt
		warn bool
	}{
		{expr.Select(s.id, id), true},
		{expr.Select(s.id, id).Where(s.id.Gt(0), id.Gt(0)), true},
		{expr.Select(s.id, id).Where(expr.Eq(s.id, id)), false},
		{expr.Select(s.id).CrossJoin(other), false},
	} {
		log.Reset()
		texts(t, e, tc.q)
		if warned := strings.Contains(log.String(), "level=WARN"); warned != tc.warn {
			t.Errorf("warned: %v, want %v: %s", warned, tc.warn, log.String())
		}
	}
	var refused *engine.LintError
	_, err := e.Query(t.Context(), engine.Statement{Node: expr.Select(s.id, id), Options: engine.Options{CartesianLint: engine.Refuse}})
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want a *LintError", err)
	}
}

// context: a statement whose context is over is not executed, and gives back its session.
func (s *suite) context(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.e.Exec(ctx, s.insert(98, "late")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	equal(t, s.names(t, s.e, 98), []string(nil))
}

func (s *suite) transactions() bool {
	d, ok := s.e.Dialect().(compile.Transactor)
	return ok && d.Transactions()
}

func (s *suite) commit(t *testing.T) {
	err := s.e.InTx(t.Context(), engine.TxOptions{}, func(tx *engine.Tx) error {
		_, err := tx.Exec(t.Context(), s.insert(10, "kept"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, s.names(t, s.e, 10), []string{"kept"})
}

// rollback takes back what was done, or tells that it cannot.
func (s *suite) rollback(t *testing.T) {
	stop := errors.New("stop")
	err := s.e.InTx(t.Context(), engine.TxOptions{}, func(tx *engine.Tx) error {
		if s.names(t, tx, 20) != nil {
			t.Error("there are rows already")
		}
		if _, err := tx.Exec(t.Context(), s.insert(20, "undone")); err != nil {
			return err
		}
		equal(t, s.names(t, tx, 20), []string{"undone"})
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatalf("got %v, want %v", err, stop)
	}
	var stays *engine.NotRolledBackError
	if errors.As(err, &stays) == s.transactions() {
		t.Fatalf("got %v", err)
	}
	if s.transactions() {
		equal(t, s.names(t, s.e, 20), []string(nil))
		return
	}
	if equal(t, s.names(t, s.e, 20), []string{"undone"}); len(stays.Statements) != 1 || !strings.Contains(stays.Statements[0], "undone") {
		t.Errorf("the statements that stay: %q", stays.Statements)
	}
	err = s.e.Do(t.Context(), func(c *engine.Conn) error {
		return c.InTx(t.Context(), engine.TxOptions{}, func(tx *engine.Tx) error {
			s.names(t, tx, 20)
			texts(t, tx, expr.Text("select 1"))
			return tx.Rollback()
		})
	})
	if err != nil {
		t.Errorf("the rollback of what only reads: %v", err)
	}
}

func (s *suite) unsupported(t *testing.T) {
	err := s.e.Do(t.Context(), func(c *engine.Conn) error {
		_, err := c.BeginTwoPhase(t.Context())
		refused(t, "two phases", err)
		tx, err := c.Begin(t.Context(), engine.TxOptions{})
		if err != nil {
			return err
		}
		_, err = tx.Nested(t.Context())
		refused(t, "a savepoint", err)
		_, err = c.Begin(t.Context(), engine.TxOptions{})
		refused(t, "a second transaction", err)
		if err := errors.Join(tx.Commit(), tx.Close()); err != nil {
			t.Error(err)
		}
		if !s.transactions() {
			_, err = c.Begin(t.Context(), engine.TxOptions{Isolation: sql.LevelSerializable})
			refused(t, "an isolation level", err)
			_, err = c.Begin(t.Context(), engine.TxOptions{ReadOnly: true})
			refused(t, "a transaction that only reads", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func refused(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, compile.ErrUnsupported) {
		t.Errorf("%s: got %v, want an error about what is not supported", what, err)
	}
}
