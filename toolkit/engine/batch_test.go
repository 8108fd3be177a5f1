package engine

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"testing"
	"time"
)

// byColumns is rows by columns, as a driver that has columns gives them, with a fault behind them or none.
type byColumns struct {
	columns []Vector
	rows    int
	fault   error
	bad     int // the row of which Values tells an error; 0: none
	asked   []int
	most    int // rows of a batch, if the program takes more
	from    int
	to      int
}

// errBad is of a value that is not what the server says.
var errBad = errors.New("a text is no date")

func (b *byColumns) Next(most, ask int) (Batch, error) {
	b.asked = append(b.asked, ask)
	if b.from = b.to; b.from == b.rows {
		if b.fault != nil {
			return nil, b.fault
		}
		return nil, io.EOF
	}
	if b.most > 0 {
		most = min(most, b.most)
	}
	b.to = min(b.from+most, b.rows)
	return b, nil
}

func (b *byColumns) Len() int { return b.to - b.from }

func (b *byColumns) Vector(col int) (Vector, error) {
	if b.bad > b.from && b.bad <= b.to && col == 0 {
		return Vector{}, errBad
	}
	v := b.columns[col]
	if v.Nulls != nil {
		v.Nulls = v.Nulls[b.from:b.to]
	}
	switch values := v.Values.(type) {
	case []bool:
		v.Values = values[b.from:b.to]
	case []int8:
		v.Values = values[b.from:b.to]
	case []int16:
		v.Values = values[b.from:b.to]
	case []int32:
		v.Values = values[b.from:b.to]
	case []int64:
		v.Values = values[b.from:b.to]
	case []float64:
		v.Values = values[b.from:b.to]
	case []string:
		v.Values = values[b.from:b.to]
	case [][]byte:
		v.Values = values[b.from:b.to]
	case []time.Time:
		v.Values = values[b.from:b.to]
	}
	return v, nil
}

func (b *byColumns) Values(into []driver.Value, row int) (rows int, err error) {
	for i := b.from + row; i < b.to && len(into) >= len(b.columns); i++ {
		if i+1 == b.bad {
			return rows, errBad
		}
		for col := range b.columns {
			into[col] = span{&b.columns[col], i}.at(0)
		}
		into = into[len(b.columns):]
		rows++
	}
	return rows, nil
}

// source is the rows as a source that has them by columns.
func (b *byColumns) source(t *testing.T, head []Column) *columnRows {
	w := &wire{}
	for range head {
		w.names, w.types = append(w.names, "c"), append(w.types, "")
	}
	src := w.query(t)
	src.head = head
	return &columnRows{sqlRows: src, batches: b, under: t.Context()}
}

// slice is the same rows as a source that has them row by row.
func (b *byColumns) slice(head []Column) *tap {
	s := &tap{sliceSource: sliceSource{head: head}, fault: b.fault}
	for i := range b.rows {
		if i+1 == b.bad {
			s.fault = errBad
			break
		}
		row := make([]any, len(b.columns))
		for col := range row {
			row[col] = span{&b.columns[col], i}.at(0)
		}
		s.rows = append(s.rows, row)
	}
	return s
}

// tableOf is numbered by columns, in batches of most rows.
func tableOf(n, most int) *byColumns {
	ids, names := make([]int64, n), make([]string, n)
	for i := range n {
		ids[i], names[i] = int64(i), string(rune('a'+i))
	}
	return &byColumns{columns: []Vector{{Values: ids}, {Values: names}}, rows: n, most: most}
}

// TestAsked: what the program takes at a time reaches the driver, and it is not read before it is wanted.
func TestAsked(t *testing.T) {
	type pair struct {
		ID   int
		Name string
	}
	for name, read := range map[string]func(r *Result, n int) (int, error){
		"rows": func(r *Result, n int) (int, error) { rows, err := r.FetchMany(t.Context(), n); return len(rows), err },
		"structs": func(r *Result, n int) (int, error) {
			rows, err := Into[pair](r).FetchMany(t.Context(), n)
			return len(rows), err
		},
	} {
		b := tableOf(23, 4)
		r := newResult(b.source(t, two), nil, Options{}, nil)
		for _, step := range []struct{ n, want, asked int }{{7, 7, 2}, {0, 0, 2}, {1, 1, 2}, {4, 4, 3}, {100, 11, 7}, {1, 0, 7}} {
			if got, err := read(r, step.n); got != step.want || err != nil || len(b.asked) != step.asked {
				t.Errorf("%s: FetchMany(%d) gave %d rows, error %v, after %d requests; want %d after %d", name, step.n, got, err, len(b.asked), step.want, step.asked)
			}
		}
		if want := []int{7, 7, 4, 100, 100, 100, 100}; !slices.Equal(b.asked, want) {
			t.Errorf("%s: asked for %v, want %v", name, b.asked, want)
		}
	}
}

// TestColumnsEnd: the end of the query's context, and that of a fetch, end a result whose rows are here.
func TestColumnsEnd(t *testing.T) {
	type pair struct {
		ID   int
		Name string
	}
	for name, read := range map[string]func(r *Result, ctx context.Context) error{
		"row":     func(r *Result, ctx context.Context) error { _, _, err := r.Next(ctx); return err },
		"struct":  func(r *Result, ctx context.Context) error { _, _, err := Into[pair](r).Next(ctx); return err },
		"structs": func(r *Result, ctx context.Context) error { _, err := Into[pair](r).FetchMany(ctx, 2); return err },
	} {
		src := tableOf(23, 0).source(t, two)
		var end context.CancelFunc
		src.under, end = context.WithCancel(t.Context())
		r := newResult(src, nil, Options{}, nil)
		if err := read(r, t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if end(); !errors.Is(read(r, t.Context()), context.Canceled) || r.Err() == nil {
			t.Errorf("%s: the end of the query gave %v", name, r.Err())
		}
		r = newResult(tableOf(23, 0).source(t, two), nil, Options{}, nil)
		ctx, cancel := context.WithCancel(t.Context())
		if cancel(); !errors.Is(read(r, ctx), context.Canceled) || r.Err() == nil {
			t.Errorf("%s: the end of the fetch gave %v", name, r.Err())
		}
	}
}

// TestNextPart: parts begin where the rows before ended, and only a result whose rows are the driver's has them.
func TestNextPart(t *testing.T) {
	b := tableOf(23, 8)
	r := newResult(b.source(t, two), nil, Options{}, nil)
	if _, _, err := r.Next(t.Context()); err != nil || r.Batches() != Batches(b) {
		t.Fatalf("got %v, error %v", r.Batches(), err)
	}
	var got [][2]int
	for _, n := range []int{3, 0, -1, 2, 100} {
		p, ok, err := r.NextPart(t.Context(), n)
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		got = append(got, [2]int{p.From, p.To})
	}
	if want := [][2]int{{1, 4}, {4, 8}, {0, 8}, {0, 2}, {0, 5}}; !slices.Equal(got, want) || r.number != 23 {
		t.Errorf("got parts %v of %d rows, want %v", got, r.number, want)
	}
	for range 2 {
		if _, ok, err := r.NextPart(t.Context(), 0); ok || err != nil {
			t.Errorf("at the end: %v, error %v", ok, err)
		}
	}
	for name, r := range map[string]*Result{
		"rows": newResult(numbered(2), nil, Options{}, nil), "columns": newResult(tableOf(2, 0).source(t, two), nil, Options{}, nil).Columns(0),
		"unique": newResult(tableOf(2, 0).source(t, two), nil, Options{}, nil).Unique(nil),
	} {
		if _, _, err := r.NextPart(t.Context(), 0); err != ErrNoBatches || r.Batches() != nil {
			t.Errorf("%s: got error %v", name, err)
		}
		if rows, err := r.All(t.Context()); len(rows) != 2 || err != nil {
			t.Errorf("%s: then %d rows, error %v", name, len(rows), err)
		}
	}
}
