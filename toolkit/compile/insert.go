package compile

import (
	"context"
	"fmt"
	"strconv"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Insertion is what an INSERT puts where: its rows or its query as they were given, and the defaults that the schema has
// for the columns of which they say nothing.
type Insertion struct {
	Target  *expr.Source
	Columns []*expr.Term   // each is a *expr.Column; nil: those of a table that no schema describes
	Rows    [][]*expr.Term // of a value for each column; nil if there is a query
	Query   expr.Node
}

// Insertion makes out what an INSERT puts where. If that makes no sense, ok is false and the reason is among the errors.
// No columns and no rows are an INSERT of defaults alone.
func (c *Compiler) Insertion(n *expr.InsertStmt) (ins Insertion, ok bool) {
	errs := len(c.errs)
	ins = Insertion{Target: n.Target, Columns: insertColumns(n), Query: n.Query}
	switch {
	case n.Query != nil && (len(n.Rows) > 0 || n.Default), len(n.Rows) > 0 && n.Default:
		c.Refuse("rows, a query and DefaultValues exclude each other")
	case n.Query != nil:
		c.querySize(&ins)
	case n.Default:
		ins.Rows = make([][]*expr.Term, 1)
	case len(n.Rows) == 0:
		c.Refuse("there is nothing to insert: give rows, FromSelect or DefaultValues")
	}
	for i, row := range n.Rows {
		c.Within("row", i, func() {
			if len(row.Values)+len(row.Assignments) == 0 {
				c.Refuse("the row has no values; DefaultValues inserts one of defaults")
			}
			if row.Values != nil && n.Names == nil && n.Rows[0].Values == nil {
				c.Refuse("Values behind a row of assignments: for which columns they are is not known; use Columns, or Set")
			}
			ins.Rows = append(ins.Rows, c.rowOf(row, ins.Columns))
		})
	}
	c.checkTargets(n.Target, ins.Columns)
	if len(c.errs) > errs {
		return ins, false
	}
	c.addDefaults(&ins)
	return ins, len(c.errs) == errs
}

func insertColumns(n *expr.InsertStmt) []*expr.Term {
	switch {
	case n.Names != nil:
		return n.Names
	case n.Default:
		return nil
	case len(n.Rows) > 0 && n.Rows[0].Values == nil:
		var columns []*expr.Term
		for _, a := range n.Rows[0].Assignments {
			columns = append(columns, a.Column)
		}
		return columns
	}
	return n.Target.Columns
}

func (c *Compiler) querySize(ins *Insertion) {
	out := expr.Outputs(ins.Query)
	for _, t := range out {
		if _, unknown := t.Node.(*expr.Star); unknown {
			return
		}
	}
	if out != nil && ins.Columns != nil && len(out) != len(ins.Columns) {
		c.Refuse(fmt.Sprintf("the query gives %d columns for %d", len(out), len(ins.Columns)))
	}
}

// rowOf gives the values of a row in the order of the columns.
func (c *Compiler) rowOf(row expr.InsertRow, columns []*expr.Term) []*expr.Term {
	if len(row.Values)+len(row.Assignments) == 0 {
		c.Refuse("a row has no values; say DefaultValues if that is meant")
		return nil
	}
	if row.Values != nil {
		if columns != nil && len(row.Values) != len(columns) {
			c.Refuse(fmt.Sprintf("%d values for %d columns", len(row.Values), len(columns)))
		}
		return row.Values
	}
	values := make([]*expr.Term, len(columns))
	for _, a := range row.Assignments {
		i := columnIndex(columns, a.Column)
		switch {
		case i < 0:
			c.Refuse("column " + strconv.Quote(columnName(a.Column)) + " is not one of the first row's")
			return nil
		case values[i] != nil:
			if !c.fault(a.Column) {
				c.Refuse("column " + strconv.Quote(columnName(a.Column)) + " is there twice")
			}
			return nil
		}
		values[i] = a.X
	}
	for i, v := range values {
		if v == nil {
			c.Refuse("there is no value for column " + strconv.Quote(columnName(columns[i])) + ", which the first row has")
			return nil
		}
	}
	return values
}

func columnName(t *expr.Term) string { return expr.NameOf(t) }

func columnIndex(columns []*expr.Term, t *expr.Term) int {
	for i, c := range columns {
		if c == t || columnName(c) != "" && columnName(c) == columnName(t) {
			return i
		}
	}
	return -1
}

// fault reports what a column that could not be found has to say.
func (c *Compiler) fault(t *expr.Term) bool {
	f, ok := t.Node.(*expr.Fault)
	if ok {
		c.Fail(f.Err)
	}
	return ok
}

// checkTargets refuses what is no column of the target, and what is there twice.
func (c *Compiler) checkTargets(target *expr.Source, columns []*expr.Term) {
	seen := map[string]bool{}
	for i, t := range columns {
		c.Within("columns", i, func() {
			if c.fault(t) {
				return
			}
			col, ok := t.Node.(*expr.Column)
			switch {
			case !ok:
				c.Refuse("an expression that is no column cannot be given a value")
			case !col.Source.Same(target):
				c.Refuse("column " + strconv.Quote(col.Name) + " is of " + col.Source.String() + ", not of " + target.String())
			case seen[col.Name]:
				c.Refuse("column " + strconv.Quote(col.Name) + " is there twice")
			default:
				seen[col.Name] = true
			}
		})
	}
}

// addDefaults adds the columns that have a default for programs, and are not there.
func (c *Compiler) addDefaults(ins *Insertion) {
	columns, values := c.defaults(ins.Target, ins.Columns, insertDefault)
	if len(columns) == 0 {
		return
	}
	given := len(ins.Columns)
	ins.Columns = append(ins.Columns[:given:given], columns...)
	for i, row := range ins.Rows {
		if i > 0 { // a default that is made is made for each row
			_, values = c.defaults(ins.Target, ins.Columns[:given], insertDefault)
		}
		ins.Rows[i] = append(row[:len(row):len(row)], values...)
	}
	if ins.Query == nil {
		return
	}
	from := make([]int, len(ins.Columns))
	for i := range from {
		from[i] = i
		if i >= given {
			from[i] = -1
		}
	}
	q, err := Reselect(ins.Query, from, append(make([]*expr.Term, given), values...))
	if err != nil {
		c.Fail(err)
	}
	ins.Query = q
}

// defaultOf is a default of a column, nil if it has none.
type defaultOf func(*schema.Column) *schema.ColumnDefault

func insertDefault(c *schema.Column) *schema.ColumnDefault { return c.Default }
func updateDefault(c *schema.Column) *schema.ColumnDefault { return c.OnUpdate }

// defaults are the columns of a target that have a default, and are not among those given.
func (c *Compiler) defaults(target *expr.Source, given []*expr.Term, of defaultOf) (columns, values []*expr.Term) {
	for _, t := range target.Columns {
		col, ok := t.Node.(*expr.Column)
		if !ok || col.Column == nil || of(col.Column) == nil || columnIndex(given, t) >= 0 {
			continue
		}
		columns = append(columns, t)
		values = append(values, defaultTerm(of(col.Column), t.Type))
	}
	return columns, values
}

func defaultTerm(d *schema.ColumnDefault, t schema.Type) *expr.Term {
	switch x := d.Expr.(type) {
	case expr.Expr:
		return expr.TermOf(x)
	case schema.SQL:
		return expr.New[expr.Any](&rawSQL{string(x)}, t).Term
	case nil:
	default:
		return expr.Invalid[expr.Any](&ArgumentError{fmt.Sprintf("the default of a column is %T, which is neither an expression nor schema.SQL", x)}).Term
	}
	if d.Func != nil {
		return expr.New[expr.Any](&made{d.Func, t}, t).Term
	}
	v := &expr.Value{V: d.Value}
	v.Term = expr.Term{Node: v, Type: t}
	return &v.Term
}

// made is the node of a value that a function makes when the statement is executed.
type made struct {
	by  func(context.Context) (any, error)
	typ schema.Type
}

// Shape implements [expr.Node]. The function is one of the schema's, which the table tells.
func (*made) Shape(s *expr.Shape) { s.Kind("compile.made") }

// rawSQL is the node of text of the schema.
type rawSQL struct{ text string }

// Shape implements [expr.Node].
func (r *rawSQL) Shape(s *expr.Shape) {
	s.Kind("compile.sql")
	s.Text(r.text)
}

// Reselect is the query q with other columns. Column i of the result is column from[i] of q or, if that is negative,
// the expression extra[i], in which nothing of q can stand.
func Reselect(q expr.Node, from []int, extra []*expr.Term) (expr.Node, error) {
	same, out := true, expr.Outputs(q)
	for i, f := range from {
		same = same && f == i
	}
	if same && (len(out) == 0 || len(out) == len(from)) {
		return q, nil
	}
	query, ok := q.(expr.Query)
	if !ok || len(out) == 0 {
		return q, &ArgumentError{"the columns of the query are not known, and have to be put into another order"}
	}
	stmt, plain := q.(*expr.SelectStmt)
	for _, t := range out {
		if _, unknown := t.Node.(*expr.Star); unknown {
			return q, &ArgumentError{"the query has a * in place of its columns; name them"}
		}
	}
	if !plain || len(stmt.UniqueBy) > 0 {
		src := expr.Subquery(query, "")
		out = src.Columns
		changed := expr.Select().From(src)
		stmt = &changed
	}
	changed := *stmt
	changed.Items = make([]*expr.Term, len(from))
	for i, f := range from {
		if f < 0 {
			changed.Items[i] = extra[i]
		} else {
			changed.Items[i] = out[f]
		}
	}
	return &changed, nil
}

func (c *Compiler) insert(n *expr.InsertStmt) {
	c.Within("insert", -1, func() {
		ins, ok := c.Insertion(n)
		if !ok {
			return
		}
		c.Text("INSERT INTO ")
		c.Target(ins.Target)
		switch {
		case len(ins.Columns) == 0 && n.Default:
			if c.Require(InsertDefaults) {
				c.Text(" DEFAULT VALUES")
			}
		case len(ins.Columns) > 0:
			c.Text(" (")
			c.ColumnNames(ins.Columns)
			c.Text(") ")
			c.Inserted(ins)
		default:
			c.Text(" ")
			c.Inserted(ins)
		}
		c.returning(n.Target, n.Returns)
	})
}

// Inserted writes the rows, behind VALUES, or the query of an INSERT.
func (c *Compiler) Inserted(ins Insertion) {
	if ins.Query != nil {
		c.node(ins.Query)
		return
	}
	if len(ins.Rows) > 1 && !c.Require(MultiRowInserts) {
		return
	}
	c.Text("VALUES (")
	c.InsertRows(len(ins.Rows), "), (", func(i int) { c.Terms(ins.Rows[i]) })
	c.Text(")")
}

// ColumnNames writes the names of columns, with nothing before them, separated by commas.
func (c *Compiler) ColumnNames(columns []*expr.Term) {
	for i, t := range columns {
		c.comma(i)
		c.Ident(columnName(t))
	}
}

// Target writes the table that a statement changes.
func (c *Compiler) Target(src *expr.Source) {
	switch n := src.Node.(type) {
	case *expr.TableRef:
		c.Table(n.Table)
	case *expr.NamedTable:
		c.named(n)
	case *expr.Fault:
		c.Fail(n.Err)
	default:
		c.Refuse(src.String() + " is not a table, and cannot be changed")
	}
}

// returning writes what a statement gives of the rows that it has changed.
func (c *Compiler) returning(target *expr.Source, items []*expr.Term) {
	if len(items) == 0 || !c.Require(Returnings) {
		return
	}
	if read := readItems(items); read != nil {
		items = read
	}
	c.Changing(target, func() {
		c.Text(" RETURNING ")
		c.items(items)
	})
}
