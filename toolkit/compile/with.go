package compile

import (
	"slices"
	"strconv"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
)

// root writes the statement that is compiled.
func (c *Compiler) root(n expr.Node) {
	if _, ok := n.(ddl.Statement); ok {
		c.inline = true
		c.node(n)
		return
	}
	switch q := n.(type) { // the address of a copy, which is taken once
	case expr.SelectStmt:
		n = &q
	case expr.Compound:
		n = &q
	}
	c.Nested(read(n))
}

// Nested writes a whole statement where another one contains it, as behind EXPLAIN or CREATE VIEW … AS. The common table
// expressions that are used anywhere in it come first.
func (c *Compiler) Nested(n expr.Node) {
	switch q := n.(type) {
	case expr.SelectStmt: // its address is taken once
		n = &q
	case nil:
		c.Refuse("there is no statement")
		return
	}
	if target, changes := targetOf(n); changes && target == nil {
		c.Refuse("there is no table")
		return
	}
	tables := c.commonTables(n)
	switch before, _ := c.dialect.Supports(ChangeCTEs); {
	case len(tables) == 0:
	case before || !changesRows(n):
		c.with(tables)
	default:
		c.inPlaceOf(tables)
	}
	c.node(n)
}

// changesRows reports whether n is an UPDATE, a DELETE or a MERGE.
func changesRows(n expr.Node) bool {
	switch n.(type) {
	case expr.UpdateStmt, *expr.UpdateStmt, expr.DeleteStmt, *expr.DeleteStmt, expr.MergeStmt, *expr.MergeStmt:
		return true
	}
	return false
}

// inPlaceOf has common table expressions written where they are read.
func (c *Compiler) inPlaceOf(tables []*expr.CommonTable) {
	if c.inPlace = !slices.ContainsFunc(tables, func(t *expr.CommonTable) bool { return t.Recursive }); !c.inPlace {
		c.Require(ChangeCTEs)
	}
}

// targetOf is the table that a statement changes.
func targetOf(n expr.Node) (target *expr.Source, changes bool) {
	switch n := n.(type) {
	case expr.InsertStmt:
		return n.Target, true
	case *expr.InsertStmt:
		return n.Target, true
	case expr.UpdateStmt:
		return n.Target, true
	case *expr.UpdateStmt:
		return n.Target, true
	case expr.DeleteStmt:
		return n.Target, true
	case *expr.DeleteStmt:
		return n.Target, true
	case expr.MergeStmt:
		return n.Target, true
	case *expr.MergeStmt:
		return n.Target, true
	}
	return nil, false
}

// commonTables are those that n reads from, each behind those that it reads from itself.
func (c *Compiler) commonTables(n expr.Node) []*expr.CommonTable {
	if !c.hasCTEs {
		return nil
	}
	var found, open []*expr.CommonTable
	var visit func(expr.Node)
	visit = func(n expr.Node) {
		switch n := n.(type) {
		case *expr.Column:
			visit(n.Source.Node)
			return
		case *expr.Star:
			visit(n.Source.Node)
			return
		case *expr.TableRef:
			return
		case *expr.CommonTable:
			if slices.Contains(found, n) || slices.Contains(open, n) {
				return
			}
			open = append(open, n)
			expr.Children(n, visit)
			found = append(found, n)
			return
		}
		expr.Children(n, visit)
	}
	visit(n)
	return found
}

func (c *Compiler) with(tables []*expr.CommonTable) {
	recursive := false
	for i, t := range tables {
		if named(tables[:i], t.Name) {
			c.Refuse("two common table expressions have the name " + strconv.Quote(t.Name))
		}
		recursive = recursive || t.Recursive
	}
	c.ctes = tables
	c.Text("WITH ")
	if recursive && c.Require(RecursiveCTEs) {
		c.Text("RECURSIVE ")
	}
	for i, t := range tables {
		c.comma(i)
		c.Ident(t.Name)
		c.Text(" AS ")
		c.Within(t.Name, -1, func() { c.Derived(t.Query) })
	}
	c.Text(" ")
}

func named(tables []*expr.CommonTable, name string) bool {
	return slices.ContainsFunc(tables, func(t *expr.CommonTable) bool { return sameName(t.Name, name) })
}

// unhidden refuses to read from a table by a name that a common table expression has: the server would read from that.
func (c *Compiler) unhidden(name string) {
	if named(c.ctes, name) {
		c.Refuse("a common table expression hides the table " + strconv.Quote(name) + "; give it another name")
	}
}

func (c *Compiler) scalar(n *expr.ScalarQuery) {
	if !c.Require(ScalarQueries) {
		return
	}
	if out := expr.Outputs(n.Query); len(out) != 1 {
		c.Refuse("a query that is a value must have one column, not " + strconv.Itoa(len(out)))
	}
	c.Within("scalar", -1, func() { c.Subquery(n.Query) })
}
