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

func (s *tap) next(ctx context.Context, want int, into []any) (bool, error) {
	if s.wait != nil && len(s.rows) == 0 {
		<-s.interrupted
		return false, fmt.Errorf("the query was cancelled: %w", context.Canceled)
	}
	ok, err := s.sliceSource.next(ctx, want, into)
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

// way takes some rows by one method.
type way struct {
	name string
	read func(ctx context.Context, r *Result, n int) ([]Row, error)
	// want is what it gives of the rows that are left, and whether it then meets the end, and closes the result. Number is
	// n or, if that is negative, the default.
	want func(left, n, number int) (rows int, meets, closes bool)
}

func some(row Row, ok bool) []Row {
	if !ok {
		return nil
	}
	return []Row{row}
}

var ways = []way{
	{"Next", func(ctx context.Context, r *Result, _ int) ([]Row, error) {
		row, ok, err := r.Next(ctx)
		return some(row, ok), err
	}, func(left, _, _ int) (rows int, meets, closes bool) { return min(left, 1), left == 0, false }},
	{"FetchMany", func(ctx context.Context, r *Result, n int) ([]Row, error) {
		return r.FetchMany(ctx, n)
	}, func(left, _, number int) (rows int, meets, closes bool) {
		return min(left, number), left < number, false
	}},
	{"All", func(ctx context.Context, r *Result, _ int) ([]Row, error) {
		return r.All(ctx)
	}, func(left, _, _ int) (rows int, meets, closes bool) { return left, true, false }},
	{"Rows", func(_ context.Context, r *Result, n int) (rows []Row, err error) {
		for row, err := range r.Rows() {
			if err != nil {
				return rows, err
			}
			if rows = append(rows, row); len(rows) == n {
				break
			}
		}
		return rows, nil
	}, func(left, n, _ int) (rows int, meets, closes bool) {
		if n > 0 && left >= n {
			return n, false, true
		}
		return left, true, false
	}},
	{"Partitions", func(_ context.Context, r *Result, n int) (rows []Row, err error) {
		lists := 0
		for list, err := range r.Partitions(n) {
			if err != nil {
				return rows, err
			}
			if len(list) == 0 || n > 0 && len(list) > n {
				return rows, fmt.Errorf("a list of %d rows", len(list))
			}
			rows = append(rows, list...)
			if lists++; lists == 2 {
				break
			}
		}
		return rows, nil
	}, func(left, n, number int) (rows int, meets, closes bool) {
		if n == 0 {
			number = 3 // the default of the test
		}
		if left > number { // it is left behind the second list
			return min(left, 2*number), false, true
		}
		return left, true, false
	}},
	{"FirstOrNone", func(ctx context.Context, r *Result, _ int) ([]Row, error) {
		row, ok, err := r.FirstOrNone(ctx)
		return some(row, ok), err
	}, func(left, _, _ int) (rows int, meets, closes bool) { return min(left, 1), left == 0, true }},
}

var (
	sizes  = []int{0, 1, 5, 7, 10, 100, -1}
	counts = []int{0, 1, 19, 20, 23}
)

// cut is a result of n rows that come from one source or several, with a fault behind them or none.
func cut(t *testing.T, rnd *rand.Rand, n int, fault error) (r *Result, sources []*tap) {
	t.Helper()
	whole, parts := numbered(n), []*Result{}
	for from := 0; from < n || len(parts) == 0; {
		to := from + rnd.IntN(n-from+1)
		part := &tap{sliceSource: sliceSource{two, whole.rows[from:to]}}
		if from = to; from == n {
			part.fault = fault
		}
		sources = append(sources, part)
		parts = append(parts, newResult(part, nil, Options{}, nil))
	}
	switch rnd.IntN(4) {
	case 3:
		b := tableOf(n, rnd.IntN(8))
		b.fault = fault
		return newResult(b.source(t, two), nil, Options{FetchSize: 3}, nil), nil
	case 0:
		return Merge(parts...).YieldPer(3), sources
	case 1:
		if frozen, err := Merge(parts...).Freeze(t.Context()); err == nil {
			return frozen.Result().YieldPer(3), nil
		}
	}
	whole.fault = fault
	return newResult(whole, nil, Options{FetchSize: 3}, nil), []*tap{whole}
}

// TestAnyOrder: whatever methods read a result, and wherever its rows come from, they give them in their order, as many
// as they say, and then the error or nothing.
func TestAnyOrder(t *testing.T) {
	for seed := range uint64(5000) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		var fault error
		if rnd.IntN(3) == 0 {
			fault = errors.New("the wire is cut")
		}
		n := counts[rnd.IntN(len(counts))]
		r, sources := cut(t, rnd, n, fault)
		done := 0
		r.done = func(error) { done++ }
		path, given, closed, failed := fmt.Sprintf("seed %d, %d rows:", seed, n), 0, false, false
		for range 1 + rnd.IntN(8) {
			by, size := ways[rnd.IntN(len(ways))], sizes[rnd.IntN(len(sizes))]
			number := size
			if size < 0 {
				number = 3
			}
			want, meets, closes := by.want(n-given, size, number)
			var wantErr error
			switch {
			case closed:
				want, wantErr = 0, ErrClosed
			case failed:
				want, wantErr = 0, fault
			case meets:
				wantErr, failed = fault, fault != nil
			}
			wasReady := !closed && (!failed || meets)
			rows, err := by.read(t.Context(), r, size)
			path += fmt.Sprintf(" %s(%d)=%d,%v", by.name, size, len(rows), err)
			if len(rows) != want || err != wantErr {
				t.Fatalf("%s; want %d rows and error %v", path, want, wantErr)
			}
			for _, id := range ids(rows) {
				if id != given {
					t.Fatalf("%s; want row %d, got %d", path, given, id)
				}
				given++
			}
			closed = closed || wasReady && closes
			if r.Closed() != closed {
				t.Fatalf("%s; closed: %v, want %v", path, r.Closed(), closed)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatalf("%s Close: %v", path, err)
		}
		for _, src := range sources {
			if src.closed != 1 || done != 1 {
				t.Fatalf("%s: done was called %d times, the source closed %d times; want once", path, done, src.closed)
			}
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
		if rows, err := by.read(t.Context(), r, 1); err != ErrNoResult || rows != nil {
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
