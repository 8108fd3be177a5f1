package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// reading is a row of the tests: NULLs, and texts that are data.
type reading struct {
	ID    int64
	Name  *string
	Value *float64
	Raw   []byte
}

var readings = expr.T(schema.NewTable(nil, "readings", schema.Col("id", schema.BigInt), schema.Col("name", schema.String),
	schema.Col("value", schema.Double), schema.Col("raw", schema.Binary)))

// quick leaves out what keeps a database over a crash.
const quick = "_pragma=synchronous(0)&_pragma=journal_mode(memory)"

// openEngine is an engine on a database of the test's own.
func openEngine(t *testing.T, pragmas string) *engine.Engine {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "engine.db")+"?"+pragmas)
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(db, Dialect{}, engine.Options{})
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func makeTable(t *testing.T, e *engine.Engine, table *schema.Table) {
	t.Helper()
	if _, err := e.Exec(t.Context(), ddl.CreateTable(table)); err != nil {
		t.Fatal(err)
	}
}

// TestInsertManySplits: however the rows are split, they are in, all of them, once, and in their order.
func TestInsertManySplits(t *testing.T) {
	e := openEngine(t, quick)
	makeTable(t, e, readings.Table())
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		rows := someReadings(r, r.IntN(60))
		o := engine.BatchOptions{Rows: 1 + r.IntN(20), Bytes: 1 + r.IntN(1500)}
		var sums []int64
		o.OnProgress = func(d engine.Done) { sums = append(sums, d.Rows) }
		done, err := insertReadings(t, e, rows, o, round%3)
		if err != nil {
			t.Fatalf("%+v: %v", o, err)
		}
		if got, want := stored(t, e), fmt.Sprint(texts(rows)); got != want {
			t.Fatalf("%d rows by %d and %d bytes:\n got %s\nwant %s", len(rows), o.Rows, o.Bytes, got, want)
		}
		if done.Rows != int64(len(rows)) || done.Batches != len(sums) || !slices.IsSorted(sums) || len(rows) > o.Rows*len(sums) {
			t.Fatalf("%d rows by %d: %+v, %v", len(rows), o.Rows, done, sums)
		}
		if _, err := e.Exec(t.Context(), expr.Delete(readings)); err != nil {
			t.Fatal(err)
		}
	}
}

// insertReadings gives the rows in one of the ways in which there may be rows.
func insertReadings(t *testing.T, on engine.Executor, rows []reading, o engine.BatchOptions, way int) (engine.Done, error) {
	insert := expr.Insert(readings)
	switch way {
	case 0:
		return engine.InsertMany[reading](t.Context(), on, insert, rows, o)
	case 1:
		return engine.InsertMany[reading](t.Context(), on, insert, slices.Values(rows), o)
	}
	return engine.InsertMany[reading](t.Context(), on, insert, iter.Seq2[reading, error](func(yield func(reading, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}), o)
}

func someReadings(r *rand.Rand, n int) []reading {
	rows := make([]reading, n)
	for i := range rows {
		rows[i].ID = int64(i)
		if r.IntN(4) > 0 {
			name := strings.Repeat([]string{"a", "it's ?1 ", "(), (", "\x00é"}[r.IntN(4)], r.IntN(30))
			rows[i].Name = &name
		}
		if r.IntN(4) > 0 {
			value := r.NormFloat64()
			rows[i].Value = &value
		}
		if r.IntN(4) > 0 {
			rows[i].Raw = []byte{byte(r.Uint32()), 0}
		}
	}
	return rows
}

func texts(rows []reading) []string {
	var list []string
	for _, r := range rows {
		text := fmt.Sprint(r.ID)
		if r.Name != nil {
			text += fmt.Sprintf(" %q", *r.Name)
		}
		if r.Value != nil {
			text += fmt.Sprint(" ", *r.Value)
		}
		list = append(list, fmt.Sprint(text, " ", r.Raw))
	}
	return list
}

// stored are the rows in the order in which they came.
func stored(t *testing.T, e *engine.Engine) string {
	t.Helper()
	found, err := e.DB().QueryContext(t.Context(), "select id, name, value, raw from readings order by rowid")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }() // Err tells
	var rows []reading
	for found.Next() {
		var r reading
		if err := found.Scan(&r.ID, &r.Name, &r.Value, &r.Raw); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(texts(rows))
}

// TestInsertManyBinds: a statement has no more values than the server takes.
func TestInsertManyBinds(t *testing.T) {
	e := openEngine(t, quick)
	var columns []schema.Item
	var row []any

	for i := range 7 {
		columns, row = append(columns, schema.Col(fmt.Sprint("c", i), schema.BigInt)), append(row, i)
	}
	table := schema.NewTable(nil, "wide", columns...)
	makeTable(t, e, table)
	rows := slices.Repeat([][]any{row}, 10_000)
	done, err := engine.InsertMany[[]any](t.Context(), e, expr.Insert(expr.T(table)), rows, engine.BatchOptions{Rows: len(rows), Bytes: 1 << 30})
	perBatch := Dialect{}.MaxBinds() / len(row)
	if want := (len(rows) + perBatch - 1) / perBatch; err != nil || done.Batches != want {
		t.Fatalf("%v, %+v, want %d statements", err, done, want)
	}
	var n int
	if err := e.DB().QueryRowContext(t.Context(), "select count(*) from wide where c6 = 6").Scan(&n); err != nil || n != len(rows) {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestInsertManyRolledBack: the rows of a transaction that fails are none, also those of statements that were executed.
func TestInsertManyRolledBack(t *testing.T) {
	e := openEngine(t, quick)
	makeTable(t, e, readings.Table())
	stop := errors.New("stop")
	err := e.InTx(t.Context(), engine.TxOptions{}, func(tx *engine.Tx) error {
		rows := someReadings(rand.New(rand.NewPCG(3, 4)), 50)
		if done, err := insertReadings(t, tx, rows, engine.BatchOptions{Rows: 20}, 0); err != nil || done.Batches != 3 {
			t.Errorf("%+v, %v", done, err)
		}
		return stop
	})
	if got := stored(t, e); !errors.Is(err, stop) || got != "[]" {
		t.Errorf("%v, and %s is in", err, got)
	}
}
