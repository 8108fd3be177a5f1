package engine

import (
	"errors"
	"fmt"
	"maps"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// errUnknownStatement is of results that no engine has made.
var errUnknownStatement = errors.New("engine: the statement of the result is not known")

// IsInsert reports whether the statement is an INSERT.
func (r *Result) IsInsert() bool {
	_, ok := r.inserter()
	return ok
}

func (r *Result) inserter() (expr.Inserter, bool) {
	if r.sent == nil {
		return nil, false
	}
	i, ok := r.sent.event.Node.(expr.Inserter)
	return i, ok
}

// LastParams are the values that the program has given for the statement, by name: those of its parameters and, if it is
// an INSERT of one row, those of the columns. Values that the schema makes are not among them, nor are expressions.
func (r *Result) LastParams() compile.Params {
	if r.sent == nil {
		return nil
	}
	last := compile.Params{}
	for _, p := range r.sent.params {
		maps.Copy(last, p)
	}
	i, ok := r.inserter()
	if !ok || r.sent.many != nil {
		return last
	}
	insert := i.Inserts()
	if len(insert.Rows) != 1 {
		return last
	}
	given := func(column, x *expr.Term) {
		switch n := x.Node.(type) {
		case *expr.Value:
			last[expr.NameOf(column)] = n.V
		case *expr.Parameter:
			last[expr.NameOf(column)] = last[n.Name]
		}
	}
	row, columns := insert.Rows[0], insert.Names
	if columns == nil && insert.Target != nil {
		columns = insert.Target.Columns
	}
	for i, x := range row.Values[:min(len(row.Values), len(columns))] {
		given(columns[i], x)
	}
	for _, a := range row.Assignments {
		given(a.Column, a.X)
	}
	return last
}

// InsertedKey is the primary key of the row that was inserted, in the order of the key's columns, as far as the program
// knows it: a key of which the server has made a part is a [*compile.UnsupportedError], and so is that of several rows.
func (r *Result) InsertedKey() ([]any, error) {
	if r.sent == nil {
		return nil, errUnknownStatement
	}
	d := r.sent.pool.dialect
	i, ok := r.inserter()
	if !ok || r.sent.many != nil || len(i.Inserts().Rows) != 1 || i.Inserts().Target.Table() == nil {
		return nil, unsupported(d, "the key of what is no INSERT of one row into a table", "read the keys from what was inserted")
	}
	last := r.LastParams()
	var key []any
	for _, c := range i.Inserts().Target.Table().PrimaryKey() {
		v, given := last[c.Name]
		if !given {
			return nil, unsupported(d, "the key of a row of which the program has not given "+c.Name, "give the key by the program")
		}
		key = append(key, v)
	}
	if key == nil {
		return nil, unsupported(d, "the key of a row of a table without a primary key", "say PrimaryKey in the schema")
	}
	return key, nil
}

// LastInsertID is what the driver says of the last row that Exec has inserted. Drivers whose server has no such numbers
// have an error for it, which is a [*compile.UnsupportedError] then.
func (r *Result) LastInsertID() (int64, error) {
	switch {
	case r.sent == nil:
		return 0, errUnknownStatement
	case r.lastID == nil:
		return 0, unsupported(r.sent.pool.dialect, "the number of a row that was inserted by Query", "use Exec")
	}
	id, err := r.lastID()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", unsupported(r.sent.pool.dialect, "the number of the row that was inserted", "give the key by the program"), err)
	}
	return id, nil
}
