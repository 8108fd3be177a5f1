package skep_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skep-go/skep"
	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/driver"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/internal/fakehs2"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
)

// fakeRow is a row of fakehs2.
type fakeRow struct {
	N int
	S *string
}

var query = expr.Text("select n, s from t")

// on is an engine on a fake server, made as New makes it, that has one session.
func on(t *testing.T, srv *fakehs2.Server, prefetch int) *engine.Engine {
	t.Helper()
	cfg, err := hive.ParseDSN(fmt.Sprintf("hive://user@127.0.0.1:%d/default?prefetch=%d", srv.Port(), prefetch))
	if err != nil {
		t.Fatal(err)
	}
	connector, err := driver.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	e := engine.New(db, dialect.New(dialect.Hive40), engine.Options{Carrier: skep.Carry})
	t.Cleanup(func() {
		if n := db.Stats().InUse; n != 0 {
			t.Errorf("%d sessions are in use", n)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func ask(t *testing.T, e *engine.Engine) *engine.Result {
	t.Helper()
	r, err := e.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// follow reports whether rows are those of fakehs2 from a number on.
func follow(t *testing.T, rows []fakeRow, from int) {
	t.Helper()
	for i, row := range rows {
		text, ok := fakehs2.Text(from + i)
		if row.N != from+i || (row.S != nil) != ok || ok && *row.S != text {
			t.Fatalf("row %d is %+v", from+i, row)
		}
	}
}

// TestAskedOfServer: the number of FetchMany and of Partitions is that of the requests.
func TestAskedOfServer(t *testing.T) {
	const rows = 500
	for _, n := range []int{7, 100, 450} {
		for name, read := range map[string]func(r *engine.Result) (lens []int){
			"FetchMany": func(r *engine.Result) (lens []int) {
				for at := 0; ; {
					list, err := engine.Into[fakeRow](r).FetchMany(t.Context(), n)
					if err != nil {
						t.Fatal(err)
					}
					if len(list) == 0 {
						return lens
					}
					follow(t, list, at)
					at, lens = at+len(list), append(lens, len(list))
				}
			},
			"Partitions": func(r *engine.Result) (lens []int) {
				at := 0
				for list, err := range engine.Into[fakeRow](r).Partitions(n) {
					if err != nil {
						t.Fatal(err)
					}
					follow(t, list, at)
					at, lens = at+len(list), append(lens, len(list))
				}
				return lens
			},
			"Partitions of rows": func(r *engine.Result) (lens []int) {
				for list, err := range r.Partitions(n) {
					if err != nil {
						t.Fatal(err)
					}
					lens = append(lens, len(list))
				}
				return lens
			},
		} {
			srv := fakehs2.StartCapped(t, rows, 10_000)
			lens := read(ask(t, on(t, srv, 2)))
			want := slices.Repeat([]int{n}, rows/n)
			if rows%n > 0 {
				want = append(want, rows%n)
			}
			if !slices.Equal(lens, want) {
				t.Errorf("%s(%d): lists of %v rows, want %v", name, n, lens, want)
			}
			asked := srv.Asked() // the first two were on their way with the statement
			if i := slices.IndexFunc(asked[2:], func(k int64) bool { return k != int64(n) }); len(asked) < 3 || i >= 0 {
				t.Errorf("%s(%d): asked for %v rows", name, n, asked)
			}
		}
	}
}

// TestFaultBehindRows: what goes wrong in the middle of a result is an error behind all rows before it.
func TestFaultBehindRows(t *testing.T) {
	for name, read := range map[string]func(r *engine.Result) (int, error){
		"All": func(r *engine.Result) (int, error) {
			list, err := engine.All[fakeRow](t.Context(), r)
			follow(t, list, 0)
			return len(list), err
		},
		"rows": func(r *engine.Result) (int, error) { list, err := r.All(t.Context()); return len(list), err },
		"loop": func(r *engine.Result) (n int, err error) {
			for row, err := range engine.Into[fakeRow](r).Rows() {
				if err != nil {
					return n, err
				}
				follow(t, []fakeRow{row}, n)
				n++
			}
			return n, nil
		},
		"Partitions": func(r *engine.Result) (n int, err error) {
			for list, err := range engine.Into[fakeRow](r).Partitions(4) {
				if n += len(list); err != nil {
					return n, err
				}
			}
			return n, nil
		},
	} {
		for fault, step := range map[string]fakehs2.Step{"a hangup": fakehs2.Hangup, "half a reply": fakehs2.Cut(20)} {
			srv := fakehs2.Start(t, 3, 4, 2)
			srv.On("FetchResults", fakehs2.Answer, fakehs2.Answer, step)
			e := on(t, srv, 1)
			r := ask(t, e)
			n, err := read(r)
			var failed *engine.StatementError
			if n != 7 || !errors.As(err, &failed) || r.Err() != err {
				t.Errorf("%s, %s: %d rows and %v, want 7 and a *StatementError", name, fault, n, err)
			}
			if list, err := engine.All[fakeRow](t.Context(), ask(t, e)); err != nil || len(list) != 9 {
				t.Errorf("%s, %s: the next statement gave %d rows, %v", name, fault, len(list), err)
			}
		}
	}
}

// TestContextOfColumns: a fetch that waits ends with its context, and with its connection, and the session is free.
func TestContextOfColumns(t *testing.T) {
	srv := fakehs2.Start(t, 3, 4)
	e := on(t, srv, 1)
	srv.On("FetchResults", fakehs2.Answer, fakehs2.UntilCancelled)
	r := ask(t, e)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	list, err := engine.Into[fakeRow](r).All(ctx)
	if follow(t, list, 0); len(list) != 3 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %d rows, %v; want 3 and the deadline", len(list), err)
	}
	c, err := e.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r, err = c.Query(t.Context(), query); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := engine.Into[fakeRow](r).Next(t.Context()); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := engine.Into[fakeRow](r).Next(t.Context()); !errors.Is(err, engine.ErrConnClosed) {
		t.Errorf("behind the end of the connection: %v", err)
	}
}
