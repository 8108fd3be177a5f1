package expr

import (
	"maps"
	"slices"
)

// InsertStmt is an INSERT. Its methods give changed copies. Its fields are for dialects.
//
// What it inserts are rows, or a query. Columns of the table for which it says nothing get what the schema has as their
// default for programs.
type InsertStmt struct {
	Target  *Source
	Names   []*Term // columns, of Columns; nil: those of the assignments, or all of the table
	Rows    []InsertRow
	Query   Node // of FromSelect; nil: Rows
	Default bool // of DefaultValues
	Returns []*Term
}

// InsertRow is a row of an INSERT: Values for its columns, in their order, or the Assignments that name their columns.
type InsertRow struct {
	Values      []*Term
	Assignments []Assignment
}

func (r InsertRow) shape(s *Shape) {
	s.Terms(r.Values)
	shapes(s, r.Assignments)
}

// Inserter is an INSERT, or a statement around one by which a dialect says more about it.
type Inserter interface {
	Node
	// Inserts is the INSERT.
	Inserts() InsertStmt
	// With is the same statement around another INSERT.
	With(i InsertStmt) Inserter
	// Rest is the statement for more rows behind those of this one, which must not take back what that has inserted. An
	// error tells why there is none.
	Rest() (Inserter, error)
}

// Inserts implements [Inserter].
func (i InsertStmt) Inserts() InsertStmt { return i }

// With implements [Inserter].
func (InsertStmt) With(i InsertStmt) Inserter { return i }

// Rest implements [Inserter].
func (i InsertStmt) Rest() (Inserter, error) { return i, nil }

// Insert begins an INSERT into a table.
func Insert(table From) InsertStmt { return InsertStmt{Target: SourceOf(table)} }

// Columns names the columns for [InsertStmt.Values] and [InsertStmt.FromSelect], in their order.
func (i InsertStmt) Columns(columns ...Expr) InsertStmt {
	i.Names = add(i.Names, columns)
	return i
}

// Values adds a row: a value or an expression for each of Columns or, without those, for each column of the table. Nil
// is NULL.
func (i InsertStmt) Values(values ...any) InsertStmt {
	columns := i.Names
	if columns == nil {
		columns = i.Target.source().Columns
	}
	row := InsertRow{Values: make([]*Term, len(values))}
	for n, v := range values {
		column := &null.Term // of no type, for one value too many
		if n < len(columns) {
			column = columns[n]
		}
		row.Values[n] = valueTerm(v, column)
	}
	return i.row(row)
}

// Set adds a row: Insert(Flights).Set(Flights.Month.To(6), Flights.Carrier.To("AA")). All rows of a statement are of
// the same columns.
func (i InsertStmt) Set(assignments ...Assignment) InsertStmt {
	return i.row(InsertRow{Assignments: addAssignments(nil, assignments)})
}

// Maps adds rows of values, or expressions, by the names of their columns.
func (i InsertStmt) Maps(rows ...map[string]any) InsertStmt {
	for _, m := range rows {
		var row InsertRow
		for _, name := range slices.Sorted(maps.Keys(m)) {
			row.Assignments = append(row.Assignments, assigned(i.Target, name, m[name]))
		}
		i = i.row(row)
	}
	return i
}

// InsertStructs is an INSERT of structs of Go. Their exported fields are the columns, named by the tag col:"name", or
// else as dep_delay for DepDelay; one with the tag col:"-" is left out. A nil pointer is NULL.
func InsertStructs[T any](table From, rows ...T) InsertStmt {
	i := Insert(table)
	for _, r := range rows {
		i = i.row(InsertRow{Assignments: fieldValues(i.Target, r)})
	}
	return i
}

func (i InsertStmt) row(r InsertRow) InsertStmt {
	i.Rows = append(slices.Clip(i.Rows), r)
	return i
}

// FromSelect inserts the rows of a query, whose columns are for those of Columns or, without them, for those of the
// table.
func (i InsertStmt) FromSelect(q Query) InsertStmt {
	i.Query = nodeOf(q)
	return i
}

// DefaultValues inserts one row of nothing but defaults.
func (i InsertStmt) DefaultValues() InsertStmt { i.Default = true; return i }

// Returning has the statement give the rows that it inserted.
func (i InsertStmt) Returning(items ...Item) InsertStmt {
	i.Returns = returning(i.Returns, items)
	return i
}

func returning(list []*Term, items []Item) []*Term {
	list = slices.Clip(list)
	for _, item := range items {
		list = appendItem(list, item)
	}
	return list
}

// maxKeyedRows is how many rows of values an INSERT may have for its text to be worth keeping.
const maxKeyedRows = 100

// Shape implements [Node].
func (i InsertStmt) Shape(s *Shape) {
	s.Kind("insert")
	s.From(i.Target)
	s.Terms(i.Names)
	shapes(s, i.Rows)
	s.Node(i.Query)
	s.Bool(i.Default)
	s.Terms(i.Returns)
	if len(i.Rows) > maxKeyedRows {
		s.SetOpaque()
	}
}

func (i InsertStmt) outputs() []*Term { return i.Returns }
