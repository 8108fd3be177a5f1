package engine

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/schema"
)

// wire is a connection of database/sql whose only query gives these rows and then, unless end is nil, that error. With
// hang it waits there until the query's context ends.
type wire struct {
	names []string
	types []string
	rows  [][]driver.Value
	end   error
	hang  bool
	ctx   context.Context
	bytes []byte // of a value of bytes, which are other ones after the next row
}

func (w *wire) Connect(context.Context) (driver.Conn, error) { return w, nil }
func (w *wire) Driver() driver.Driver                        { return nil }
func (w *wire) Prepare(string) (driver.Stmt, error)          { return nil, errors.ErrUnsupported }
func (w *wire) Begin() (driver.Tx, error)                    { return nil, errors.ErrUnsupported }
func (w *wire) Close() error                                 { return nil }
func (w *wire) Columns() []string                            { return w.names }
func (w *wire) ColumnTypeDatabaseTypeName(i int) string      { return w.types[i] }

func (w *wire) ColumnTypePrecisionScale(i int) (precision, scale int64, ok bool) {
	return 9, 2, w.types[i] == "DECIMAL"
}

func (w *wire) QueryContext(ctx context.Context, _ string, _ []driver.NamedValue) (driver.Rows, error) {
	w.ctx = ctx
	return w, nil
}

func (w *wire) Next(dest []driver.Value) error {
	for i := range w.bytes {
		w.bytes[i] = '!'
	}
	if len(w.rows) == 0 {
		if w.hang {
			<-w.ctx.Done()
			return w.ctx.Err()
		}
		if w.end != nil {
			return w.end
		}
		return io.EOF
	}
	copy(dest, w.rows[0])
	w.rows, w.bytes = w.rows[1:], nil
	for _, v := range dest {
		if b, ok := v.([]byte); ok {
			w.bytes = b
		}
	}
	return nil
}

// query gives the rows of w as an engine gets them.
func (w *wire) query(t *testing.T) *sqlRows {
	t.Helper()
	db := sql.OpenDB(w)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	rows, err := db.QueryContext(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	src, err := newSQLRows(rows, cancel)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestSQLRows(t *testing.T) {
	w := &wire{
		names: []string{"t.id", "fare", "day", "raw", "tags", "n"}, types: []string{"BIGINT", "DECIMAL", "date", "BINARY", "ARRAY", ""},
		rows: [][]driver.Value{
			{int64(1), "12.50", day, []byte("one"), "[1]", nil},
			{int64(2), nil, nil, []byte("two"), "[]", int64(2)},
		},
	}
	r := newResult(w.query(t), nil, Options{}, nil)
	wantTypes := []schema.Type{schema.BigInt, schema.Numeric(9, 2), schema.Date, schema.Binary, nil, nil}
	for i, c := range r.Header() {
		if c.Type != wantTypes[i] || c.DatabaseType != w.types[i] || c.ServerName != w.names[i] {
			t.Errorf("column %d: got %+v, want type %v", i, c, wantTypes[i])
		}
	}
	rows, err := r.All(t.Context())
	if err != nil || len(rows) != 2 {
		t.Fatalf("got %d rows, error %v", len(rows), err)
	}
	first := rows[0].Values()
	if raw, _ := first[3].([]byte); string(raw) != "one" {
		t.Errorf("the bytes of the first row are %q behind the end", raw)
	}
	first[3] = nil
	if want := []any{int64(1), schema.Decimal("12.50"), date, nil, "[1]", nil}; !slices.Equal(first, want) {
		t.Errorf("got %#v, want %#v", first, want)
	}
}

func TestSQLRowsFault(t *testing.T) {
	w := &wire{names: []string{"id"}, types: []string{""}, rows: [][]driver.Value{{int64(1)}, {int64(2)}}, end: errors.New("the wire is cut")}
	list, err := Scalars[int](newResult(w.query(t), nil, Options{}, nil), 0).All(t.Context())
	if !slices.Equal(list, []int{1, 2}) || err != w.end {
		t.Errorf("got %v, error %v", list, err)
	}
	failed := &wire{end: errors.New("the statement failed late")}
	if r := newResult(failed.query(t), nil, Options{}, nil); r.ReturnsRows() || r.Err() != failed.end {
		t.Errorf("without columns: got error %v", r.Err())
	}
}

// TestSQLRowsCancel: the end of a fetch's context cancels the query that it waits for.
func TestSQLRowsCancel(t *testing.T) {
	w := &wire{names: []string{"id"}, types: []string{""}, rows: [][]driver.Value{{int64(1)}}, hang: true}
	r := newResult(w.query(t), nil, Options{}, nil)
	if _, ok, err := r.Next(t.Context()); !ok || err != nil {
		t.Fatalf("got %v, error %v", ok, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if rows, err := r.All(ctx); len(rows) != 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %d rows, error %v", len(rows), err)
	}
	if _, err := r.All(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("again: got error %v", err)
	}
}

// TestResultOf: an engine is not needed for a result.
func TestResultOf(t *testing.T) {
	w := &wire{names: []string{"id"}, types: []string{""}, rows: [][]driver.Value{{int64(1)}}}
	r, err := ResultOf(w.query(t).rows, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if id, err := ScalarOne[int](t.Context(), r); id != 1 || err != nil {
		t.Errorf("got %d, error %v", id, err)
	}
	closed := w.query(t).rows
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ResultOf(closed, nil, Options{}); err == nil {
		t.Error("of closed rows: got no error")
	}
}
