package engine

import (
	"context"

	"github.com/skep-go/skep/toolkit/compile"
)

// Result is a result.
type Result struct {
	src  source
	done func(error)
	over bool
	err  error
}

func newResult(src source, _ []compile.ResultColumn, _ Options, done func(error)) *Result {
	r := &Result{src: src, done: done}
	if src == nil || len(src.columns()) == 0 {
		var err error
		if src != nil {
			_, err = src.next(context.Background(), nil)
		}
		r.finish(err)
	}
	return r
}

func (r *Result) finish(err error) {
	if r.over {
		return
	}
	r.over, r.err = true, err
	if r.src != nil {
		_ = r.src.close()
	}
	r.done(err)
}

// Row is a row.
type Row struct{ values []any }

// At is a value.
func (r Row) At(i int) any { return r.values[i] }

// All gives the rows.
func (r *Result) All(ctx context.Context) ([]Row, error) {
	var all []Row
	for {
		row, ok, err := r.Next(ctx)
		if err != nil || !ok {
			return all, err
		}
		all = append(all, row)
	}
}

// Next gives a row.
func (r *Result) Next(ctx context.Context) (Row, bool, error) {
	if r.over {
		return Row{}, false, r.err
	}
	row := make([]any, len(r.src.columns()))
	ok, err := r.src.next(ctx, row)
	if err != nil || !ok {
		r.finish(err)
	}
	return Row{row}, ok, err
}

// RowsAffected is the number of rows that were changed.
func (r *Result) RowsAffected() int64 { return r.src.rowsAffected() }

// ReturnsRows reports whether there are rows.
func (r *Result) ReturnsRows() bool { return r.src != nil && len(r.src.columns()) > 0 }

// Err is the error.
func (r *Result) Err() error { return r.err }

// Close closes the result.
func (r *Result) Close() error { r.finish(nil); return nil }
