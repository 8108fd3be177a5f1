package engine

import (
	"context"
	"errors"
	"slices"
)

// Frozen is rows in memory, from which any number of results can be had. It does not change, so that goroutines can
// share it.
type Frozen struct {
	head *header
	rows [][]any
	size int
}

// NewFrozen is rows that a program has, such as those of a test: a value for each column. A row of another number of
// values is a [*WidthError].
func NewFrozen(columns []Column, rows ...[]any) (*Frozen, error) {
	f := &Frozen{rows: make([][]any, len(rows))}
	for i, row := range rows {
		if len(row) != len(columns) {
			return nil, &WidthError{Got: len(row), Want: len(columns)}
		}
		f.rows[i] = slices.Clone(row)
	}
	columns = slices.Clone(columns)
	for i := range columns {
		if columns[i].ServerName == "" {
			columns[i].ServerName = columns[i].Name
		}
	}
	f.head = newHeader(columns, nil)
	return f, nil
}

// Freeze keeps the rest of the rows.
func (r *Result) Freeze(ctx context.Context) (*Frozen, error) {
	rows, err := r.All(ctx)
	if err != nil {
		return nil, err
	}
	f := &Frozen{head: r.head.decoded(), rows: make([][]any, len(rows)), size: r.size}
	for i, row := range rows {
		f.rows[i] = row.values
	}
	return f, nil
}

// Len is the number of rows.
func (f *Frozen) Len() int { return len(f.rows) }

// Result is a new result of the rows.
func (f *Frozen) Result() *Result {
	r := resultOf(&sliceSource{f.head.columns, f.rows}, f.head, nil)
	r.size = f.size
	return r
}

// merged is the rows of several results, one after another.
type merged struct {
	head    *header
	results []*Result
	at      int
}

// Merge is a result of the rows of several, one after another, under the names of the first. Their columns match by
// position. It closes them with itself. Results of different widths, and none at all, are the error of its fetches.
func Merge(results ...*Result) *Result {
	head := newHeader(nil, nil)
	if len(results) > 0 {
		head = results[0].head.decoded()
	}
	r := resultOf(&merged{head: head, results: slices.Clone(results)}, head, nil)
	for _, part := range results {
		if want := len(head.columns); len(part.head.columns) != want {
			r.end(&WidthError{Got: len(part.head.columns), Want: want})
		}
	}
	return r
}

func (m *merged) columns() []Column { return m.head.columns }

func (m *merged) next(ctx context.Context, want int, into []any) (bool, error) {
	for ; m.at < len(m.results); m.at++ {
		r := m.results[m.at]
		if err := r.ready(); err != nil {
			return false, err
		}
		if ok, err := r.next(ctx, want, into); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (m *merged) interrupt() {
	for _, r := range m.results {
		r.src.interrupt()
	}
}

// rowsAffected is the sum, if all are known.
func (m *merged) rowsAffected() int64 {
	sum := int64(0)
	for _, r := range m.results {
		n := r.RowsAffected()
		if n < 0 {
			return -1
		}
		sum += n
	}
	return sum
}

func (m *merged) close() error {
	var errs []error
	for _, r := range m.results {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}
