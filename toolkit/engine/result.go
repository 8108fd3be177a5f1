package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
)

// DefaultFetchSize is how many rows are read at a time where neither a call nor the options say it.
const DefaultFetchSize = 1000

// Errors of results.
var (
	// ErrNoResult reports that rows are asked of a statement that gives none.
	ErrNoResult = errors.New("engine: the statement gives no rows; see Result.ReturnsRows")
	// ErrNoRows reports that there is no row where one is wanted. It is also a [sql.ErrNoRows].
	ErrNoRows = fmt.Errorf("engine: the result is empty, and a row is wanted; FirstOrNone and OneOrNone take none, too: %w", sql.ErrNoRows)
	// ErrMultipleRows reports that there are several rows where one is wanted.
	ErrMultipleRows = errors.New("engine: the result has several rows, and one is wanted; First takes the first of them")
	// ErrClosed reports that rows are asked of a result that was closed.
	ErrClosed = errors.New("engine: the result is closed; Freeze keeps the rows of one that is wanted again")
)

// Result is what a statement gives. Its rows are read once, as they are asked for, and by one goroutine at a time. When
// the last one is read, and at an error, the connection is given back; [Result.Close] does so before.
//
// A fetch gives the rows before an error together with the error, and every fetch after that gives the error again.
// After the last row, a fetch gives nothing; after Close, [ErrClosed]. When the context of a fetch ends, the result is
// over: its statement is cancelled.
type Result struct {
	src  source
	cols *columnRows // src, if it has its rows by columns
	head *header
	rows Typed[Row]
	size int // of what FetchMany and Partitions give; 0 is the default

	pick []int            // of the source's columns; nil is all as they are
	all  []any            // a row of the source, if not all of it goes to the result
	key  func(Row) any    // of Unique; nil: all values
	seen map[any]struct{} // the keys of the rows that were given; nil unless each may be there once only

	number int64 // of the row that was read last
	over   bool
	closed bool
	err    error
	done   func(error)

	sent   *sending              // nil if no engine has made the result
	lastID func() (int64, error) // of Exec
}

// newResult is the result of a source; nil is that of a statement without rows. Expected are the columns of the compiled
// statement, nil if they are not known; they match by position. Done is called once, when the result is over or closed,
// which may be at once: then the error is that of Err, too.
func newResult(src source, expected []compile.ResultColumn, o Options, done func(error)) *Result {
	if src == nil {
		src = affected(-1)
	}
	given := src.columns()
	if len(given) == 0 {
		expected = nil // a change that gives back no rows
	}
	columns, err := describe(given, expected, o.RawNames)
	r := resultOf(src, newHeader(columns, decodings(columns, o.Decoders)), done)
	r.size = max(o.YieldPer, 0)
	if r.size == 0 {
		r.size = max(o.FetchSize, 0)
	}
	if err != nil {
		r.end(err)
	} else if len(given) == 0 {
		_, err = src.next(context.Background(), 0, nil)
		r.end(err)
	}
	return r
}

func resultOf(src source, head *header, done func(error)) *Result {
	r := &Result{src: src, head: head, done: done}
	r.cols, _ = src.(*columnRows)
	r.rows = Typed[Row]{res: r, plan: rowPlan, keeps: true}
	return r
}

func rowPlan(h *header) (plan[Row], error) {
	return plan[Row]{make: func(values []any, number int64) (Row, error) { return Row{h, values, number}, nil }}, nil
}

// Rows gives the rows to a range loop. It goes by the context of the statement. A loop that is left closes the result.
func (r *Result) Rows() iter.Seq2[Row, error] { return r.rows.Rows() }

// Next is the next row; ok is false at the end.
func (r *Result) Next(ctx context.Context) (row Row, ok bool, err error) { return r.rows.Next(ctx) }

// FetchMany is the next n rows, fewer only at the end and with an error. A negative n is the number of YieldPer or, if
// nothing is said there, of the options.
func (r *Result) FetchMany(ctx context.Context, n int) ([]Row, error) {
	return r.rows.FetchMany(ctx, n)
}

// All is the rest of the rows.
func (r *Result) All(ctx context.Context) ([]Row, error) { return r.rows.All(ctx) }

// Partitions gives the rows in lists of n to a range loop; the last one may be shorter, and none is empty. Every list is
// a new one. If n is not positive, the number is that of a negative one in FetchMany. A loop that is left closes the
// result.
func (r *Result) Partitions(n int) iter.Seq2[[]Row, error] { return r.rows.Partitions(n) }

// First is the first row of the rest, and closes the result. None is an [ErrNoRows].
func (r *Result) First(ctx context.Context) (Row, error) { return r.rows.First(ctx) }

// FirstOrNone is First, but ok is false if there is no row.
func (r *Result) FirstOrNone(ctx context.Context) (row Row, ok bool, err error) {
	return r.rows.FirstOrNone(ctx)
}

// One is the only row, and closes the result. None is an [ErrNoRows], and several are an [ErrMultipleRows].
func (r *Result) One(ctx context.Context) (Row, error) { return r.rows.One(ctx) }

// OneOrNone is One, but ok is false if there is no row.
func (r *Result) OneOrNone(ctx context.Context) (row Row, ok bool, err error) {
	return r.rows.OneOrNone(ctx)
}

// Mappings is [Result.Rows] with each row as a map.
func (r *Result) Mappings() iter.Seq2[map[string]any, error] { return Into[map[string]any](r).Rows() }

// Columns makes the rows to come have only these columns, in this order. See [Row.Get] for the keys; one that names no
// column is the error of the next fetch. Rows that were read stay as they are. No keys change nothing.
func (r *Result) Columns(keys ...any) *Result {
	if r.over || len(keys) == 0 {
		return r
	}
	columns, pick := make([]Column, len(keys)), make([]int, len(keys))
	var decode []decoding
	for i, key := range keys {
		from, err := r.head.find(key)
		if err != nil {
			r.end(err)
			return r
		}
		columns[i], pick[i] = r.head.columns[from], from
		if r.head.decode != nil {
			decode = append(decode, r.head.decode[from])
		}
		if r.pick != nil {
			pick[i] = r.pick[from]
		}
	}
	r.head, r.pick, r.all = newHeader(columns, decode), pick, make([]any, len(r.src.columns()))
	return r
}

// Unique leaves out rows whose key was there before; nil takes all values of a row as its key. The keys are kept in
// memory. A key must be comparable, as those of a map.
func (r *Result) Unique(key func(Row) any) *Result {
	r.key, r.seen = key, map[any]struct{}{}
	return r
}

// YieldPer sets how many rows FetchMany and Partitions give where no number is given.
func (r *Result) YieldPer(n int) *Result {
	r.size = max(n, 0)
	return r
}

// Keys are the names of the columns.
func (r *Result) Keys() []string { return r.head.names() }

// Header describes the columns.
func (r *Result) Header() []Column { return slices.Clone(r.head.columns) }

// ReturnsRows reports whether the statement gives rows, be it none this time.
func (r *Result) ReturnsRows() bool { return len(r.head.columns) > 0 }

// RowsAffected is the number of rows that the statement has changed, -1 if it is not known.
func (r *Result) RowsAffected() int64 { return r.src.rowsAffected() }

// Err is the error that has ended the result, nil if there is none.
func (r *Result) Err() error { return r.err }

// Closed reports whether the result was closed, by Close or by a method that says so.
func (r *Result) Closed() bool { return r.closed }

// Close gives up the rows that were not read.
func (r *Result) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	if r.over {
		return nil
	}
	err := r.src.close()
	r.finish(err)
	return err
}

// end is what the last row and an error lead to.
func (r *Result) end(err error) {
	if r.over {
		return
	}
	if closeErr := r.src.close(); err == nil {
		err = closeErr
	}
	r.err = err
	r.finish(err)
}

func (r *Result) finish(err error) {
	r.over, r.seen = true, nil
	if r.done != nil {
		r.done(err)
	}
}

// ready tells why no row can be asked for.
func (r *Result) ready() error {
	switch {
	case r.closed && r.ReturnsRows():
		return ErrClosed
	case r.err != nil:
		return r.err
	case !r.ReturnsRows():
		return ErrNoResult
	}
	return nil
}

// watch has the end of a context end what the source waits for, until stop is called.
func (r *Result) watch(ctx context.Context) (stop func() bool) {
	if ctx.Done() == nil {
		return func() bool { return true }
	}
	return context.AfterFunc(ctx, r.src.interrupt)
}

// next reads a row into a slice that has room for it. It gives false at the end and with an error, which is final.
func (r *Result) next(ctx context.Context, want int, into []any) (bool, error) {
	for !r.over {
		ok, err := r.read(ctx, want, into)
		if err == nil && ok && r.seen != nil {
			ok, err = r.fresh(into)
			if err == nil && !ok {
				continue
			}
		}
		if ok && err == nil {
			return true, nil
		}
		r.end(err)
	}
	return false, r.err
}

// read reads the next row of the source.
func (r *Result) read(ctx context.Context, want int, into []any) (bool, error) {
	all := into
	if r.pick != nil {
		all = r.all
	}
	ok, err := r.src.next(ctx, want, all)
	if err != nil || !ok {
		return false, deadline(ctx, err)
	}
	r.number++
	for i, from := range r.pick {
		into[i] = all[from]
	}
	for i, decode := range r.head.decode {
		if decode.by == nil {
			continue
		}
		if into[i], err = decode.by(into[i]); err != nil {
			return false, &ValueError{Column: r.head.columns[i].ServerName, Row: r.number, Err: err}
		}
	}
	return true, nil
}

// deadline is the error of a fetch whose context may have ended, for that of the interrupt tells of no deadline.
func deadline(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil && errors.Is(err, context.Canceled) && !errors.Is(err, ended) {
		return fmt.Errorf("%w: %w", ended, err)
	}
	return err
}

// fresh reports whether no row with the key of this one was there before.
func (r *Result) fresh(values []any) (bool, error) {
	var key any
	if r.key == nil {
		key = valuesKey(values)
	} else {
		key = r.key(Row{r.head, slices.Clone(values), r.number})
	}
	if key != nil && !reflect.ValueOf(key).Comparable() {
		return false, fmt.Errorf("engine: the key of row %d is a %T, which is not comparable; make a string of it", r.number, key)
	}
	_, seen := r.seen[key]
	r.seen[key] = struct{}{}
	return !seen, nil
}
