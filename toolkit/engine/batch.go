package engine

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math"
	"time"
)

// Batches are the rows of a result by columns, from its beginning to its end. A driver that has them hands them out when
// it executes a statement; see [DriverOptions]. They end when the rows of database/sql are closed, and the values that
// they give are those of database/sql, but for the sizes of integers.
type Batches interface {
	// Next gives the next rows, at least one and at most most, and [io.EOF] after the last. Ask is how many rows the
	// program takes at a time, for the driver to ask the server for; 0 if it takes them as they come.
	Next(most, ask int) (Batch, error)
}

// Batch is some rows of a result. It is valid until the next ones are asked for.
type Batch interface {
	Len() int
	// Vector is a column. An error tells that a value is not what the server says; Values tells which.
	Vector(col int) (Vector, error)
	// Values fills into with the values of whole rows from the given one on, row by row, as database/sql has them, and
	// returns how many rows these are. Those before an error are given with it.
	Values(into []driver.Value, row int) (rows int, err error)
}

// Vector is the values of a column. Who takes them copies them; that of strings stays as it is.
type Vector struct {
	// Values is a slice with a value for each row: a []bool, []int8, []int16, []int32, []int64, []float64, []string,
	// [][]byte or []time.Time. It is nil if all rows are NULL.
	Values any
	Nulls  []bool // which are NULL; nil if none is
}

// Numbers of rows that are made at once: more would hardly be quicker, and what is kept may keep its neighbours.
const (
	batchRows = 512
	boxedRows = 256 // of values that are not of a type
)

// ErrNoBatches reports that rows are asked by columns of a result that does not have them: its driver has none, its rows
// are those of several results or of memory, or [Result.Columns] or [Result.Unique] have made others of them.
var ErrNoBatches = errors.New("engine: the result has no batches, only rows; select what is wanted, from a driver that has them")

// Part is rows of a result by columns.
type Part struct {
	Batch    Batch // of the driver
	From, To int   // the part's first row in the batch, and the one after the last
}

// Batches are the driver's own, nil if the result has none: see [ErrNoBatches]. They tell what a driver tells of them;
// rows are read by [Result.NextPart].
func (r *Result) Batches() Batches {
	if r.cols == nil || r.pick != nil || r.seen != nil {
		return nil
	}
	return r.cols.batches
}

// NextPart is the next rows by columns, which are n at most if n is positive, and as they come otherwise; ok is false at
// the end. It is valid until the next call of a method that gives rows.
func (r *Result) NextPart(ctx context.Context, n int) (p Part, ok bool, err error) {
	if err := r.ready(); err != nil {
		return p, false, err
	}
	if r.over {
		return p, false, nil
	}
	if r.Batches() == nil {
		return p, false, ErrNoBatches
	}
	defer r.watch(ctx)()
	most := n
	if n <= 0 {
		most, n = math.MaxInt32, 0
	}
	ready, err := r.prepare(ctx, most, n)
	if ready == 0 {
		return p, false, err
	}
	ready = min(ready, most)
	p = Part{r.cols.batch, r.cols.at, r.cols.at + ready}
	r.took(ready)
	return p, true, nil
}

// columnRows are rows of database/sql that are read by columns.
type columnRows struct {
	*sqlRows
	batches Batches
	under   context.Context // of the query

	batch   Batch // nil before the first and after the last
	serial  int   // of the batch
	scalar  int   // the batch whose rows are taken one by one, for a column of it is not to be had
	at, end int   // the rows that were not taken
	vectors []*Vector
	boxed   []driver.Value // of the rows from first on, before limit
	first   int
	limit   int
}

// ready reports how many rows can be taken, 0 at the end. If there are none yet, it gets most of them at most. Want is how
// many the program takes at a time, 0 if it does not say.
func (s *columnRows) ready(ctx context.Context, most, want int) (int, error) {
	if err := s.ended(ctx); err != nil {
		return 0, err
	}
	if s.at < s.end {
		return s.end - s.at, nil
	}
	batch, err := s.batches.Next(most, want)
	if err == io.EOF {
		s.batch = nil
		_ = s.rows.Close() // as database/sql does it at the end
		return 0, nil
	}
	if err != nil {
		return 0, s.failed(ctx, err)
	}
	s.batch, s.at, s.end = batch, 0, batch.Len()
	s.serial++
	s.first, s.limit = 0, 0
	s.vectors = make([]*Vector, len(s.head))
	return s.end, nil
}

// ended is the error of a context that has ended.
func (s *columnRows) ended(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		err = s.under.Err()
	}
	return s.failed(ctx, err)
}

// vector is a column of the rows that are ready, nil if it can only be had row by row.
func (s *columnRows) vector(col int) *Vector {
	if v := s.vectors[col]; v != nil {
		return v
	}
	v, err := s.batch.Vector(col)
	if n := v.len(); err != nil || n >= 0 && n < s.end || v.Nulls != nil && len(v.Nulls) < s.end {
		s.scalar = s.serial
		return nil
	}
	s.vectors[col] = &v
	return &v
}

// len is the number of values, -1 if they are all NULL, and 0 if they are none of the types of a Vector.
func (v Vector) len() int {
	switch values := v.Values.(type) {
	case nil:
		return -1
	case []bool:
		return len(values)
	case []int8:
		return len(values)
	case []int16:
		return len(values)
	case []int32:
		return len(values)
	case []int64:
		return len(values)
	case []float64:
		return len(values)
	case []string:
		return len(values)
	case [][]byte:
		return len(values)
	case []time.Time:
		return len(values)
	}
	return 0
}

// next makes values of some rows at a time, for that is cheaper.
func (s *columnRows) next(ctx context.Context, want int, into []any) (bool, error) {
	n, err := s.ready(ctx, batchRows, want)
	if err != nil || n == 0 {
		return false, err
	}
	width := len(s.head)
	if s.at < s.first || s.at >= s.limit {
		if size := min(n, boxedRows) * width; len(s.boxed) < size {
			s.boxed = make([]driver.Value, size)
		}
		n, err = s.batch.Values(s.boxed[:min(n, boxedRows)*width], s.at)
		if s.first, s.limit = s.at, s.at+n; n == 0 {
			return false, s.failed(ctx, err)
		}
	}
	for i, v := range s.boxed[(s.at-s.first)*width:][:width] {
		into[i] = v
	}
	s.at++
	return true, nil
}
