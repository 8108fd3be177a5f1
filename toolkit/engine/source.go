package engine

import (
	"context"
	"database/sql"
	"errors"
)

// source is where a Result takes its rows from.
type source interface {
	columns() []Column
	next(ctx context.Context, into []any) (bool, error)
	interrupt()
	rowsAffected() int64
	close() error
}

// Column is a column of a result.
type Column struct {
	Name string
	Type string
}

type sqlRows struct {
	rows *sql.Rows
	cols []Column
}

type affected int64

func (affected) columns() []Column                         { return nil }
func (affected) next(context.Context, []any) (bool, error) { return false, nil }
func (affected) interrupt()                                {}
func (n affected) rowsAffected() int64                     { return int64(n) }
func (affected) close() error                              { return nil }

func newSQLRows(rows *sql.Rows, _ context.CancelFunc) (source, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	s := &sqlRows{rows: rows}
	for _, t := range types {
		s.cols = append(s.cols, Column{t.Name(), t.DatabaseTypeName()})
	}
	return s, nil
}

func (s *sqlRows) columns() []Column   { return s.cols }
func (s *sqlRows) interrupt()          {}
func (s *sqlRows) rowsAffected() int64 { return -1 }
func (s *sqlRows) close() error        { return s.rows.Close() }
func (s *sqlRows) next(_ context.Context, into []any) (bool, error) {
	if !s.rows.Next() {
		return false, s.rows.Err()
	}
	pointers := make([]any, len(into))
	for i := range into {
		pointers[i] = &into[i]
	}
	return true, s.rows.Scan(pointers...)
}
