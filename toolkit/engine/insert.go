package engine

import (
	"context"
	"fmt"
	"iter"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// inserting is an insertion of many rows on its way.
type inserting struct {
	source  iter.Seq2[insertRow, error]
	options BatchOptions
	own     Options // of the statement

	next   func() (insertRow, error, bool)
	around expr.Inserter      // of the statements to come
	taken  int64              // rows that are in a batch
	ahead  *insertRow         // the row behind them, if it was asked for
	ready  *compile.Statement // of ahead, if there was no room for it
}

// insertRow is an INSERT of one row.
type insertRow struct {
	insert expr.InsertStmt
	params compile.Params
}

func insertAll(ctx context.Context, on Executor, insert expr.Inserter, in *inserting) (done Done, err error) {
	if len(insert.Inserts().Returns) > 0 {
		return done, &compile.ArgumentError{Reason: "an INSERT of many rows gives none back; leave out Returning"}
	}
	if err := in.bounds(); err != nil {
		return done, err
	}
	next, stop := iter.Pull2(in.source)
	defer stop()
	in.next, in.around = next, insert
	for {
		b := &batch{in: in}
		more, err := in.peek()
		if err == nil && !more {
			return done, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			var r *Result
			if r, err = on.Exec(ctx, Statement{b, in.own}); err == nil {
				done.add(b.rows.Rows(), b.rows.Size(), r)
			}
		}
		if err != nil {
			return done, b.failed(done, err)
		}
		if in.options.OnProgress != nil {
			in.options.OnProgress(done)
		}
	}
}

// add counts a statement that was executed.
func (d *Done) add(rows, bytes int, r *Result) {
	d.Rows += int64(rows)
	d.Bytes += int64(bytes)
	d.Batches++
	if n := r.RowsAffected(); n < 0 || d.Affected < 0 {
		d.Affected = -1
	} else {
		d.Affected += n
	}
}

func (in *inserting) bounds() error {
	for _, bound := range []struct {
		name      string
		n         *int
		otherwise int
	}{{"Rows", &in.options.Rows, DefaultBatchRows}, {"Bytes", &in.options.Bytes, DefaultBatchBytes}} {
		switch {
		case *bound.n < 0:
			return &OptionError{"BatchOptions." + bound.name, "it is negative; leave it out for the default"}
		case *bound.n == 0:
			*bound.n = bound.otherwise
		}
	}
	return nil
}

// peek reports whether there is a row that is in no batch.
func (in *inserting) peek() (bool, error) {
	if in.ahead != nil {
		return true, nil
	}
	row, err, ok := in.next()
	switch {
	case !ok:
		return false, nil
	case err != nil:
		return false, &RowError{in.taken, err}
	}
	in.ahead = &row
	return true, nil
}

// batch is the node of an INSERT of as many rows as there is room for. It takes them when it is compiled, for only then
// it is known for which dialect that is, and by which options.
type batch struct {
	in      *inserting
	rows    compile.Batch
	first   expr.Node          // of the first row
	like    *compile.Statement // likewise
	sending *sending
}

// Shape implements [expr.Node].
func (b *batch) Shape(s *expr.Shape) {
	s.Kind("engine.batch")
	s.SetOpaque()
}

// Tables is that into which rows are inserted; see [expr.Tables].
func (b *batch) Tables() []*schema.Table {
	return []*schema.Table{b.in.around.Inserts().Target.Table()}
}

// fill takes rows, unless it has, and gives what stands for all: the statement of the first one.
func (b *batch) fill(ctx context.Context, p *pool, o Options) (*compile.Statement, error) {
	if b.like != nil {
		return b.like, nil
	}
	in := b.in
	b.rows.Literals = p.literally(o)
	for b.rows.Rows() < in.options.Rows {
		if more, err := in.peek(); !more || err != nil {
			return b.like, err
		}
		added, err := b.add(ctx, p, o)
		if err != nil {
			return nil, &RowError{in.taken, err}
		}
		if !added {
			break
		}
	}
	return b.like, in.split()
}

// split is called with each statement that has all its rows, before it is sent: if there are rows for another one, that
// may have to be another kind of statement, or cannot be.
func (in *inserting) split() error {
	if _, same := in.around.(expr.InsertStmt); same {
		return nil
	}
	if more, err := in.peek(); !more || err != nil {
		return err
	}
	rest, err := in.around.Rest()
	in.around, in.ready = rest, nil
	return err
}

// add takes the row ahead, if there is room for it.
func (b *batch) add(ctx context.Context, p *pool, o Options) (added bool, err error) {
	in := b.in
	st := in.ready
	if st == nil {
		if st, err = p.ready(ctx, o, in.around.With(in.ahead.insert), true); err != nil {
			return false, err
		}
	}
	var params []compile.Params
	if in.ahead.params != nil {
		params = append(params, in.ahead.params)
	}
	if added, err = b.rows.Add(st, in.options.Bytes, params...); err != nil {
		return false, err
	}
	if !added {
		in.ready = st
		return false, nil
	}
	if b.like == nil {
		b.first, b.like = in.around.With(in.ahead.insert), st
	}
	in.ahead, in.ready = nil, nil
	in.taken++
	return true, nil
}

// shown is the statement with its first row alone, for a text of thousands is of no use in a log or an error.
func (b *batch) shown(hide bool) string {
	text := b.rows.First()
	if hide {
		text = b.like.Template()
	}
	if more := b.rows.Rows() - 1; more > 0 {
		text += fmt.Sprintf(" … and %d row(s) more", more)
	}
	return text
}

func (b *batch) failed(done Done, err error) error {
	return &BatchError{Done: done, Rows: b.rows.Rows(), Sent: b.sending != nil && b.sending.sent, Err: err}
}

// BatchError tells how far [InsertMany] or [ExecMany] came. Nothing was sent after what has failed.
type BatchError struct {
	Done Done // the statements before, which were executed
	Rows int  // of the one that has failed
	// Sent reports whether it was sent: the server's error says then whether its rows are in, and an error of the network
	// does not.
	Sent bool
	Err  error
}

func (e *BatchError) Error() string {
	what := "was not sent"
	if e.Sent {
		what = "has failed"
	}
	return fmt.Sprintf("engine: batch %d, of %d row(s), %s; the %d row(s) before it are executed: %v", e.Done.Batches+1, e.Rows, what, e.Done.Rows, e.Err)
}

func (e *BatchError) Unwrap() error { return e.Err }

// RowError is of a row that could not be had from its source, or that no SQL could be made of.
type RowError struct {
	Row int64 // counted from 0
	Err error
}

func (e *RowError) Error() string { return fmt.Sprintf("row %d: %v", e.Row, e.Err) }

func (e *RowError) Unwrap() error { return e.Err }

// RowByRowError tells that [ExecMany] was given a statement that the server would have to execute once for each row.
type RowByRowError struct{}

func (*RowByRowError) Error() string {
	return "engine: the statement would be a job of the server for each row; insert the rows into a table beside and use one MERGE from it, or say AllowRowByRow"
}
