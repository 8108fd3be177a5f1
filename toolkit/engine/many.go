package engine

import (
	"context"
	"errors"
	"iter"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// Executor executes statements: an [Engine], a [Conn] or a [Tx].
type Executor interface {
	Query(ctx context.Context, n expr.Node, params ...compile.Params) (*Result, error)
	Exec(ctx context.Context, n expr.Node, params ...compile.Params) (*Result, error)
}

// BatchOptions say how many rows [InsertMany] and [ExecMany] put into one statement: as many as there is room for. A row
// that is over Bytes alone is a statement of its own.
type BatchOptions struct {
	Rows  int // the most in a statement; 0 is DefaultBatchRows
	Bytes int // the most in a statement, counting what is bound beside its text; 0 is DefaultBatchBytes
	// OnProgress is called after each statement that was executed.
	OnProgress func(Done)
	// AllowRowByRow has [ExecMany] execute statements one by one that cannot be put together.
	AllowRowByRow bool
}

// The bounds of a statement if nothing else is said.
const (
	DefaultBatchRows  = 5000
	DefaultBatchBytes = 1 << 20
)

// Done is what was executed.
type Done struct {
	Rows    int64
	Batches int
	Bytes   int64 // of the statements
	// Affected is how many rows the server says it has changed, -1 if it does not say that of each statement.
	Affected int64
}

// Rows are what [InsertMany] takes its rows from. An error in the place of a row ends the insertion.
type Rows[R any] interface {
	[]R | iter.Seq[R] | iter.Seq2[R, error]
}

// InsertMany inserts rows by as few statements as o allows: InsertMany[Flight](ctx, e, expr.Insert(Flights), flights, o).
// What a dialect has around an INSERT may stand in its place, such as one that names a partition; one that replaces what
// is there does so by the first statement, and the others add to it.
//
// A row is a struct or a pointer to one, as in [expr.InsertStructs], a map[string]any by the names of columns, a
// []expr.Assignment, or a []any of a value for each of the statement's columns. All rows are of the same columns.
//
// A row is taken when there is room for it, and not kept: what is in memory is the text of one statement. On an engine
// each statement has a session of its own. An error is a [*BatchError], after which the rows that Done counts are in;
// nothing is sent twice.
func InsertMany[R any, S Rows[R]](ctx context.Context, on Executor, insert expr.Inserter, rows S, o BatchOptions) (Done, error) {
	bare := insert.Inserts()
	if len(bare.Rows) > 0 || bare.Query != nil || bare.Default {
		return Done{}, &compile.ArgumentError{Reason: "the INSERT says itself what to insert; leave that to rows"}
	}
	return insertAll(ctx, on, insert, &inserting{options: o, source: func(yield func(insertRow, error) bool) {
		each[R](rows, func(row R, err error) bool { return yield(insertRow{insert: rowOf(bare, row)}, err) })
	}})
}

// each calls f with the rows until it returns false.
func each[R any](rows any, f func(R, error) bool) {
	switch rows := rows.(type) {
	case []R:
		for _, row := range rows {
			if !f(row, nil) {
				return
			}
		}
	case iter.Seq[R]:
		rows(func(row R) bool { return f(row, nil) })
	case iter.Seq2[R, error]:
		rows(f)
	}
}

// rowOf is the INSERT of one row.
func rowOf(insert expr.InsertStmt, row any) expr.InsertStmt {
	switch row := row.(type) {
	case map[string]any:
		return insert.Maps(row)
	case []expr.Assignment:
		return insert.Set(row...)
	case []any:
		return insert.Values(row...)
	}
	one := expr.InsertStructs(insert.Target, row)
	one.Names = insert.Names
	return one
}

// ExecMany executes a statement with each of the values that its parameters take.
//
// An INSERT of one row is put together as by [InsertMany]; one of no row takes the values as the columns of their names.
// Any other statement is a job of the server each time, and refused by a [*RowByRowError] unless o allows it.
func ExecMany(ctx context.Context, on Executor, n expr.Node, params iter.Seq[compile.Params], o BatchOptions) (Done, error) {
	var own Options
	one := n
	for st, ok := one.(Statement); ok; st, ok = one.(Statement) {
		one, own = st.Node, own.merge(st.Options)
	}
	if p, ok := one.(*expr.InsertStmt); ok && p != nil {
		one = *p
	}
	around, ok := one.(expr.Inserter)
	if !ok {
		return rowByRow(ctx, on, n, params, o)
	}
	insert := around.Inserts()
	switch {
	case len(insert.Rows) == 1:
		return insertAll(ctx, on, around, &inserting{options: o, own: own, source: func(yield func(insertRow, error) bool) {
			params(func(p compile.Params) bool { return yield(insertRow{insert, p}, nil) })
		}})
	case len(insert.Rows) == 0 && insert.Query == nil && !insert.Default:
		return insertAll(ctx, on, around, &inserting{options: o, own: own, source: func(yield func(insertRow, error) bool) {
			params(func(p compile.Params) bool { return yield(insertRow{insert: insert.Maps(p)}, nil) })
		}})
	}
	return rowByRow(ctx, on, n, params, o)
}

func rowByRow(ctx context.Context, on Executor, n expr.Node, params iter.Seq[compile.Params], o BatchOptions) (done Done, err error) {
	if !o.AllowRowByRow {
		return done, &RowByRowError{}
	}
	for p := range params {
		r, err := on.Exec(ctx, n, p)
		if err != nil {
			return done, &BatchError{Done: done, Rows: 1, Sent: errors.As(err, new(*StatementError)), Err: err}
		}
		done.add(1, 0, r)
		if o.OnProgress != nil {
			o.OnProgress(done)
		}
	}
	return done, nil
}
