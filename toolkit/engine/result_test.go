package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/skep-go/skep/toolkit/compile"
)

// tap is a source whose rows come with a fault, and which takes down what becomes of it.
type tap struct {
	sliceSource
	fault       error // behind the last row
	wait        chan struct{}
	given       int
	closed      int
	closeErr    error
	interrupted chan struct{}
}

func (s *tap) next(ctx context.Context, into []any) (bool, error) {
	if s.wait != nil && len(s.rows) == 0 {
		<-s.interrupted
		return false, fmt.Errorf("the query was cancelled: %w", context.Canceled)
	}
	ok, err := s.sliceSource.next(ctx, into)
	if ok {
		s.given++
	}
	if !ok && err == nil {
		err = s.fault
	}
	return ok, err
}

func (s *tap) interrupt() {
	if s.interrupted != nil {
		close(s.interrupted)
	}
}

func (s *tap) close() error {
	s.closed++
	return s.closeErr
}

var two = []Column{{Name: "id"}, {Name: "name"}}

// numbered is a source of n rows: 0 a, 1 b, …
func numbered(n int) *tap {
	s := &tap{sliceSource: sliceSource{head: two}}
	for i := range n {
		s.rows = append(s.rows, []any{int64(i), string(rune('a' + i))})
	}
	return s
}

func ids(rows []Row) []int {
	list := []int{}
	for _, row := range rows {
		list = append(list, int(row.At(0).(int64)))
	}
	return list
}

// way takes some rows by one method, and tells whether it has closed the result.
type way struct {
	name string
	read func(ctx context.Context, r *Result, n int) (rows []Row, closes bool, err error)
}

func some(row Row, ok bool) []Row {
	if !ok {
		return nil
	}
	return []Row{row}
}

var ways = []way{
	{"Next", func(ctx context.Context, r *Result, _ int) ([]Row, bool, error) {
		row, ok, err := r.Next(ctx)
		return some(row, ok), false, err
	}},
	{"FetchMany", func(ctx context.Context, r *Result, n int) ([]Row, bool, error) {
		rows, err := r.FetchMany(ctx, n)
		return rows, false, err
	}},
	{"All", func(ctx context.Context, r *Result, _ int) ([]Row, bool, error) {
		rows, err := r.All(ctx)
		return rows, false, err
	}},
	{"Rows", func(_ context.Context, r *Result, n int) (rows []Row, closes bool, err error) {
		for row, err := range r.Rows() {
			if err != nil {
				return rows, false, err
			}
			if rows = append(rows, row); len(rows) == n {
				return rows, true, nil
			}
		}
		return rows, false, nil
	}},
	{"Partitions", func(_ context.Context, r *Result, n int) (rows []Row, closes bool, err error) {
		lists := 0
		for list, err := range r.Partitions(n) {
			if err != nil {
				return rows, false, err
			}
			if len(list) == 0 || n > 0 && len(list) > n {
				return rows, false, fmt.Errorf("a list of %d rows", len(list))
			}
			rows = append(rows, list...)
			if lists++; lists == 2 {
				return rows, true, nil
			}
		}
		return rows, false, nil
	}},
	{"FirstOrNone", func(ctx context.Context, r *Result, _ int) ([]Row, bool, error) {
		row, ok, err := r.FirstOrNone(ctx)
		return some(row, ok), true, err
	}},
}

var (
	sizes  = []int{0, 1, 5, 7, 10, 100, -1}
	counts = []int{0, 1, 19, 20, 23}
)

// TestAnyOrder: whatever methods read a result, they give its rows in their order, and then the error or nothing.
func TestAnyOrder(t *testing.T) {
	fault := errors.New("the wire is cut")
	for seed := range uint64(3000) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		n := counts[rnd.IntN(len(counts))]
		src, done := numbered(n), 0
		if rnd.IntN(3) == 0 {
			src.fault = fault
		}
		r := newResult(src, nil, Options{FetchSize: sizes[1+rnd.IntN(5)]}, func(error) { done++ })
		got, path, closed, failed := []int{}, "", false, false
		for range 1 + rnd.IntN(8) {
			by, size := ways[rnd.IntN(len(ways))], sizes[rnd.IntN(len(sizes))]
			before := len(got)
			rows, closes, err := by.read(t.Context(), r, size)
			got = append(got, ids(rows)...)
			path += fmt.Sprintf(" %s(%d)=%d,%v", by.name, size, len(rows), err)
			switch {
			case closed && !failed:
				if !errors.Is(err, ErrClosed) || len(rows) > 0 {
					t.Fatalf("seed %d, %d rows:%s: want ErrClosed", seed, n, path)
				}
			case closed:
			case err != nil:
				if err != src.fault || len(got) != n && by.name != "FirstOrNone" {
					t.Fatalf("seed %d, %d rows:%s: the error came early, or another one", seed, n, path)
				}
				failed = true
			case by.name == "FetchMany" && size >= 0 && src.fault == nil:
				if want := min(size, n-before); len(rows) != want {
					t.Fatalf("seed %d, %d rows:%s: want %d rows", seed, n, path, want)
				}
			}
			closed = closed || closes && (len(rows) > 0 || by.name == "FirstOrNone")
		}
		for i, id := range got {
			if i != id {
				t.Fatalf("seed %d, %d rows:%s: got the rows %v", seed, n, path, got)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatalf("seed %d: Close: %v", seed, err)
		}
		if done != 1 || src.closed != 1 {
			t.Fatalf("seed %d:%s: done called %d times, the source closed %d times; want once", seed, path, done, src.closed)
		}
	}
}

// TestFetchMany has exact numbers for every size and count.
func TestFetchMany(t *testing.T) {
	for _, n := range counts {
		for _, size := range sizes {
			r := newResult(numbered(n), nil, Options{FetchSize: 10, YieldPer: 7}, nil)
			want, got := 0, []int{}
			if size < 0 {
				want = min(7, n)
			} else {
				want = min(size, n)
			}
			for range 3 {
				rows, err := r.FetchMany(t.Context(), size)
				if err != nil || rows == nil || len(rows) != want {
					t.Fatalf("%d rows, FetchMany(%d): got %d rows and error %v, want %d", n, size, len(rows), err, want)
				}
				got = append(got, ids(rows)...)
				want = min(want, n-len(got))
			}
			if !slices.IsSorted(got) {
				t.Errorf("%d rows, FetchMany(%d): got %v", n, size, got)
			}
		}
	}
}

// TestOne is what the methods for a single row make of some counts.
func TestOne(t *testing.T) {
	type outcome struct {
		ok  bool
		err error
	}
	methods := map[string]func(r *Result) (bool, error){
		"First": func(r *Result) (bool, error) {
			row, err := r.First(t.Context())
			return row.Len() > 0, err
		},
		"FirstOrNone": func(r *Result) (bool, error) {
			_, ok, err := r.FirstOrNone(t.Context())
			return ok, err
		},
		"One": func(r *Result) (bool, error) {
			row, err := r.One(t.Context())
			return row.Len() > 0, err
		},
		"OneOrNone": func(r *Result) (bool, error) {
			_, ok, err := r.OneOrNone(t.Context())
			return ok, err
		},
		"Scalar": func(r *Result) (bool, error) {
			_, err := Scalar[int](t.Context(), r)
			return err == nil, err
		},
		"ScalarOne": func(r *Result) (bool, error) {
			_, err := ScalarOne[int](t.Context(), r)
			return err == nil, err
		},
		"ScalarOneOrNone": func(r *Result) (bool, error) {
			_, ok, err := ScalarOneOrNone[int](t.Context(), r)
			return ok, err
		},
	}
	for _, tt := range []struct {
		method string
		want   [3]outcome // of 0, 1 and 2 rows
	}{
		{"First", [3]outcome{{false, ErrNoRows}, {true, nil}, {true, nil}}},
		{"FirstOrNone", [3]outcome{{false, nil}, {true, nil}, {true, nil}}},
		{"One", [3]outcome{{false, ErrNoRows}, {true, nil}, {false, ErrMultipleRows}}},
		{"OneOrNone", [3]outcome{{false, nil}, {true, nil}, {false, ErrMultipleRows}}},
		{"Scalar", [3]outcome{{false, ErrNoRows}, {true, nil}, {true, nil}}},
		{"ScalarOne", [3]outcome{{false, ErrNoRows}, {true, nil}, {false, ErrMultipleRows}}},
		{"ScalarOneOrNone", [3]outcome{{false, nil}, {true, nil}, {false, ErrMultipleRows}}},
	} {
		for n, want := range tt.want {
			src := numbered(n)
			r := newResult(src, nil, Options{}, nil)
			ok, err := methods[tt.method](r)
			if ok != want.ok || !errors.Is(err, want.err) {
				t.Errorf("%s of %d rows: got %v, %v; want %v, %v", tt.method, n, ok, err, want.ok, want.err)
			}
			if src.closed != 1 || !r.Closed() {
				t.Errorf("%s of %d rows has not closed the result", tt.method, n)
			}
			if _, err := r.All(t.Context()); !errors.Is(err, ErrClosed) {
				t.Errorf("All behind %s: got %v, want ErrClosed", tt.method, err)
			}
		}
	}
	if !errors.Is(ErrNoRows, sql.ErrNoRows) {
		t.Error("ErrNoRows is no sql.ErrNoRows")
	}
	// A row that follows the only one, or an error, is not overlooked.
	src := numbered(1)
	src.fault = errors.New("the wire is cut")
	if _, err := newResult(src, nil, Options{}, nil).One(t.Context()); err != src.fault {
		t.Errorf("One: got error %v, want the one behind the row", err)
	}
}

func TestWithoutRows(t *testing.T) {
	var ended []error
	r := newResult(affected(3), []compile.ResultColumn{{Name: "n"}}, Options{}, func(err error) { ended = append(ended, err) })
	if r.ReturnsRows() || r.RowsAffected() != 3 || len(ended) != 1 || ended[0] != nil {
		t.Errorf("got rows %v, %d affected, done called with %v", r.ReturnsRows(), r.RowsAffected(), ended)
	}
	for _, by := range ways {
		if rows, _, err := by.read(t.Context(), r, 1); err != ErrNoResult || rows != nil {
			t.Errorf("%s: got %v and error %v, want ErrNoResult", by.name, rows, err)
		}
	}
	if _, err := Scalar[int](t.Context(), r); err != ErrNoResult {
		t.Errorf("Scalar: got %v, want ErrNoResult", err)
	}
	if _, err := r.Freeze(t.Context()); err != ErrNoResult {
		t.Errorf("Freeze: got %v, want ErrNoResult", err)
	}
	if err := r.Close(); err != nil || len(ended) != 1 {
		t.Errorf("Close: %v, and done called %d times", err, len(ended))
	}
	failing := &tap{fault: errors.New("the statement failed late")}
	r = newResult(failing, nil, Options{}, nil)
	if _, err := r.All(t.Context()); r.Err() != failing.fault || err != failing.fault {
		t.Errorf("got errors %v and %v, want %v", r.Err(), err, failing.fault)
	}
	if r := newResult(nil, nil, Options{}, nil); r.RowsAffected() != -1 || r.ReturnsRows() {
		t.Error("a result of nothing gives something")
	}
}

// TestWidth: a result that is not what the statement selects is an error, not a guess.
func TestWidth(t *testing.T) {
	src := numbered(3)
	r := newResult(src, []compile.ResultColumn{{Name: "id"}}, Options{}, nil)
	var width *WidthError
	if rows, err := r.All(t.Context()); !errors.As(err, &width) || width.Got != 2 || width.Want != 1 || rows != nil || src.closed != 1 {
		t.Errorf("got %v, error %v", rows, err)
	}
}

func TestCloseError(t *testing.T) {
	src, ended := numbered(2), []error{}
	src.closeErr = errors.New("the session is gone")
	r := newResult(src, nil, Options{}, func(err error) { ended = append(ended, err) })
	rows, err := r.All(t.Context())
	if len(rows) != 2 || err != src.closeErr || !reflect.DeepEqual(ended, []error{src.closeErr}) {
		t.Errorf("All: got %d rows, error %v; done got %v", len(rows), err, ended)
	}
	r = newResult(src, nil, Options{}, nil)
	if err := r.Close(); err != src.closeErr {
		t.Errorf("Close: got error %v", err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("Close again: got error %v", err)
	}
}

// TestContext: the end of a fetch's context ends a source that waits, and the error is the context's.
func TestContext(t *testing.T) {
	src := numbered(2)
	src.wait, src.interrupted = make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	rows, err := newResult(src, nil, Options{}, nil).All(ctx)
	if len(rows) != 2 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %d rows, error %v; want 2 and the deadline", len(rows), err)
	}
}

// TestLeftByPanic: a loop that panics closes the result.
func TestLeftByPanic(t *testing.T) {
	src := numbered(2)
	func() {
		defer func() { _ = recover() }()
		for range newResult(src, nil, Options{}, nil).Rows() {
			panic("in the loop")
		}
	}()
	if src.closed != 1 {
		t.Errorf("the source was closed %d times", src.closed)
	}
}

// TestPartitions: memory is bounded, for no row is read before its list is wanted.
func TestPartitions(t *testing.T) {
	src := numbered(23)
	var got [][]int
	for list, err := range newResult(src, nil, Options{}, nil).YieldPer(10).Partitions(0) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ids(list))
		if read := 10 * len(got); src.given != min(read, 23) {
			t.Errorf("%d rows were read for %d lists", src.given, len(got))
		}
	}
	if len(got) != 3 || len(got[2]) != 3 || got[0][0] != 0 || got[1][0] != 10 {
		t.Errorf("got %v", got)
	}
	src = numbered(12)
	src.fault = errors.New("the wire is cut")
	var lens []int
	var last error
	for list, err := range newResult(src, nil, Options{}, nil).Partitions(5) {
		lens, last = append(lens, len(list)), err
	}
	if !slices.Equal(lens, []int{5, 5, 2, 0}) || last != src.fault {
		t.Errorf("with an error behind 12 rows: lists of %v, then %v", lens, last)
	}
}

func TestUnique(t *testing.T) {
	rows := func() *Result {
		return newResult(&sliceSource{two, [][]any{
			{int64(1), "a"},
			{int64(1), "a"},
			{int64(1), nil},
			{int64(2), "a"},
			{int64(1), ""},
			{int64(1), []byte("a")},
			{1.0, "a"},
			{int64(2), "a"},
		}}, nil, Options{}, nil)
	}
	for _, tt := range []struct {
		name string
		res  *Result
		want []int64 // the numbers of the rows
	}{
		{"all values", rows().Unique(nil), []int64{1, 3, 4, 5, 6, 7}},
		{"a key", rows().Unique(func(row Row) any { return row.At(1) == "a" }), []int64{1, 3}},
		{"a column", rows().Columns("name").Unique(nil), []int64{1, 3, 5, 6}},
		{"a column later", rows().Unique(nil).Columns("name"), []int64{1, 3, 5, 6}},
	} {
		list, err := tt.res.FetchMany(t.Context(), 2) // counts what is given
		if err != nil || len(list) != 2 {
			t.Errorf("%s: FetchMany(2) gave %d rows, error %v", tt.name, len(list), err)
		}
		rest, err := tt.res.All(t.Context())
		var got []int64
		for _, row := range append(list, rest...) {
			got = append(got, row.Number())
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got rows %v, error %v; want %v", tt.name, got, err, tt.want)
		}
	}
	if _, err := rows().Unique(func(Row) any { return []int{1} }).All(t.Context()); err == nil {
		t.Error("a slice was taken for a key")
	}
	if names, err := Scalars[*string](rows(), 1).Unique().All(t.Context()); err != nil || len(names) != 4 {
		t.Errorf("got %d names, error %v; want 4: a, NULL, the empty one and bytes", len(names), err)
	}
}
