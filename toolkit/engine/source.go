package engine

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/schema"
)

// source is where a [Result] takes its rows from. database/sql's rows are one.
type source interface {
	// columns are those of the rows: their names as the server gave them, and their types. None means that there are no
	// rows, and that next tells at once whether the statement succeeded.
	columns() []Column
	// next gives the next row's values, false at the end. An error is final. Want is how many rows the program takes at a
	// time, 0 if it does not say.
	next(ctx context.Context, want int, into []any) (bool, error)
	// interrupt ends a next that waits, from another goroutine. What was not read may be lost.
	interrupt()
	// rowsAffected is the number of rows that were changed, -1 if it is not known.
	rowsAffected() int64
	// close gives up what was not read. It is safe to call twice.
	close() error
}

// affected is the source of a statement that has changed so many rows and gives none.
type affected int64

func (affected) columns() []Column                              { return nil }
func (affected) next(context.Context, int, []any) (bool, error) { return false, nil }
func (affected) interrupt()                                     {}
func (n affected) rowsAffected() int64                          { return int64(n) }
func (affected) close() error                                   { return nil }

// sqlRows are rows of database/sql.
type sqlRows struct {
	rows   *sql.Rows
	cancel context.CancelFunc                         // of the query's context; nil: a next that waits cannot be ended
	tell   func(ctx context.Context, err error) error // what to say of an error; nil: as it is
	head   []Column
	places []any // pointers to where the values go
}

// newSQLRows closes the rows if they tell no columns.
func newSQLRows(rows *sql.Rows, cancel context.CancelFunc) (*sqlRows, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	s := &sqlRows{rows: rows, cancel: cancel, places: make([]any, len(names))}
	for i, name := range names {
		s.head = append(s.head, Column{Name: name, DatabaseType: types[i].DatabaseTypeName(), Type: typeOf(types[i])})
	}
	return s, nil
}

// typeOf is the type that a driver tells, nil if it tells too little.
func typeOf(c *sql.ColumnType) schema.Type {
	name := c.DatabaseTypeName()
	if isDecimal(name) {
		if precision, scale, ok := c.DecimalSize(); ok {
			return schema.Numeric(int(precision), int(scale))
		}
		return nil
	}
	if t, err := schema.ParseType(name); err == nil {
		if basic, ok := t.(schema.Basic); ok { // the others have sizes or parts, which the name does not tell
			return basic
		}
	}
	return nil
}

func isDecimal(name string) bool {
	return strings.EqualFold(name, "decimal") || strings.EqualFold(name, "numeric")
}

func (s *sqlRows) columns() []Column { return s.head }

func (s *sqlRows) next(ctx context.Context, _ int, into []any) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, s.failed(ctx, err)
	}
	if !s.rows.Next() {
		return false, s.failed(ctx, s.rows.Err())
	}
	for i := range s.places {
		s.places[i] = &into[i]
	}
	return true, s.failed(ctx, s.rows.Scan(s.places...))
}

// failed has an error tell of the statement.
func (s *sqlRows) failed(ctx context.Context, err error) error {
	if err == nil || s.tell == nil {
		return err
	}
	return s.tell(ctx, err)
}

func (s *sqlRows) interrupt() {
	if s.cancel != nil {
		s.cancel()
	}
}

func (s *sqlRows) rowsAffected() int64 { return -1 }

func (s *sqlRows) close() error { return s.rows.Close() }

// ResultOf is the result of a query that was run by other means than an engine. Columns are those of its statement, nil
// if they are not known. The rows are closed with the result, or with the error.
func ResultOf(rows *sql.Rows, columns []compile.ResultColumn, o Options) (*Result, error) {
	src, err := newSQLRows(rows, nil)
	if err != nil {
		return nil, err
	}
	res := newResult(src, columns, o, nil)
	return res, res.Err()
}

// sliceSource is rows in memory.
type sliceSource struct {
	head []Column
	rows [][]any
}

func (s *sliceSource) columns() []Column { return s.head }

func (s *sliceSource) next(ctx context.Context, _ int, into []any) (bool, error) {
	if err := ctx.Err(); err != nil || len(s.rows) == 0 {
		return false, err
	}
	copy(into, s.rows[0])
	s.rows = s.rows[1:]
	return true, nil
}

func (*sliceSource) interrupt()          {}
func (*sliceSource) rowsAffected() int64 { return -1 }

func (s *sliceSource) close() error {
	s.rows = nil
	return nil
}
